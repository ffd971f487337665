import { oneLine, presentable } from "../../../binance/errors.ts";
import { type Finding, type Known, overall, type Verdict } from "../../../checklist/finding.ts";
import type { Verification } from "../verification/verification.ts";

/** No line is longer. */
const width = 80;
/** Where a finding's text starts. */
const indent = 4;
/** More balances than these are counted only. */
const shownBalances = 10;

const colour: Record<Verdict, string> = { pass: "32", fail: "31", unknown: "33" };

/**
 * The findings as a person reads them.
 *
 * @param colours whether ANSI colours may be used
 */
export function reportTable(verification: Verification, colours: boolean): string {
  const { ipAddress, keyPair, live, keyName, findings, balances } = verification;
  const named = keyName === "" ? "" : ` "${oneLine(keyName)}"`;
  const rows = (list: Finding[]) => list.flatMap((finding) => row(finding, colours));
  const verdict = overall(findings.map((finding) => finding.verdict));
  return [
    ...wrap(`Key pair ${keyPair}${named}, ${live ? "live" : "not live"} on the server ${ipAddress}`, 0),
    ...(live ? [] : wrap("`pulumi up` delivers it.", 0)),
    "",
    "The eight points",
    ...rows(findings.filter(({ point }) => point !== undefined)),
    "",
    "Beyond them",
    ...rows(findings.filter(({ point }) => point === undefined)),
    "",
    ...(balances === undefined ? [] : balanceLines(balances)),
    ...wrap(`${painted(verdict.toUpperCase(), verdict, colours)}: ${summary(findings)}`, 0),
    "",
  ].join("\n");
}

function row({ point, title, verdict, known, detail, causes, remedy }: Finding, colours: boolean): string[] {
  const number = point === undefined ? " -" : String(point).padStart(2);
  const head = `${number}  ${title.padEnd(44)}`;
  return [
    `${head}${painted(verdict.padEnd(9), verdict, colours)}${describeKnown(known)}`.trimEnd(),
    ...wrap(detail, indent),
    ...(causes ?? []).flatMap((cause, index) => wrap(`${index === 0 ? "Perhaps" : "Or"}: ${cause}`, indent)),
    ...(remedy === undefined ? [] : wrap(`→ ${remedy}`, indent)),
  ];
}

function describeKnown(known: Known | undefined): string {
  if (known === undefined) {
    return "not known";
  }
  return known.by === "confirmed" ? `confirmed ${known.on}` : known.by;
}

function balanceLines(balances: NonNullable<Verification["balances"]>): string[] {
  if (balances.length === 0) {
    return ["Balances: none", ""];
  }
  const more = balances.length - shownBalances;
  return [
    "Balances",
    ...balances.slice(0, shownBalances).flatMap(({ asset, free, locked }) => {
      const alsoLocked = /[1-9]/.test(locked) ? `, and ${locked} in orders` : "";
      const line = `${" ".repeat(indent)}${presentable(asset).padEnd(8)} ${free}${alsoLocked}`;
      return line.length > width ? wrap(line.trim(), indent) : [line];
    }),
    ...(more > 0 ? [`${" ".repeat(indent)}and ${more} more`] : []),
    "",
  ];
}

function summary(findings: Finding[]): string {
  const count = (wanted: Verdict) => findings.filter(({ verdict }) => verdict === wanted).length;
  const [passed, failed, unknown] = [count("pass"), count("fail"), count("unknown")];
  return [`${passed} passed`, `${failed} failed`, `${unknown} not known`].join(", ");
}

function painted(text: string, verdict: Verdict, colours: boolean): string {
  return colours ? `\x1b[${colour[verdict]}m${text}\x1b[0m` : text;
}

/** Breaks a text at its blanks; a longer word stays whole, so that a command can be copied. */
export function wrap(text: string, by: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && longer.length > width - by) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line].map((one) => " ".repeat(by) + one);
}

/** Whether a stream gets colours: a terminal, unless NO_COLOR is set (no-color.org). */
export function mayColour(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && (environment.NO_COLOR ?? "") === "";
}
