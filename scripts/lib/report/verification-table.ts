import { oneLine, redact } from "../../../binance/text.ts";
import { type Finding, type Known, overall, type Verdict } from "../../../checklist/finding.ts";
import { explanation } from "./explanation.ts";
import type { Style } from "./style.ts";
import type { Verification } from "./verification.ts";
import { lineWidth, wrap } from "./wrap.ts";

/** Where the text of a finding starts. */
const indent = 4;
/** If there are more balances, the rest is only counted. */
const maximumBalances = 10;

const colours = { pass: "green", fail: "red", unknown: "yellow" } as const;

/** The result of `npm run verify` for people. */
export function verificationTable(verification: Verification, style: Style): string {
  const { ipAddress, standbyIp, keyPair, live, inPaperMode, keyName, findings, balances } = verification;
  const name = keyName === "" ? "" : ` "${oneLine(keyName)}"`;
  const rows = (list: Finding[]) => list.flatMap((finding) => findingRows(finding, style));
  const verdict = overall(findings.map((finding) => finding.verdict));
  return [
    ...wrap(`Key pair ${keyPair}${name}, ${live ? "live" : "not live"} on the server ${ipAddress}`),
    ...(standbyIp === undefined ? [] : wrap(`The standby address, which no server has: ${standbyIp}`)),
    ...(inPaperMode
      ? wrap("The bot is in paper mode and doesn't get this key pair, which is for real money.")
      : []),
    "",
    "The eight points",
    ...rows(findings.filter(({ point }) => point !== undefined)),
    "",
    "Further checks",
    ...rows(findings.filter(({ point }) => point === undefined)),
    "",
    ...(balances === undefined ? [] : balanceLines(balances)),
    ...wrap(`${style(colours[verdict], verdict.toUpperCase())}: ${summary(findings)}`),
    "",
  ].join("\n");
}

function findingRows(finding: Finding, style: Style): string[] {
  const { point, title, verdict, known, detail } = finding;
  const number = point === undefined ? " -" : String(point).padStart(2);
  const head = `${number}  ${title.padEnd(44)}`;
  return [
    `${head}${style(colours[verdict], verdict.padEnd(9))}${describeKnown(known)}`.trimEnd(),
    ...[detail, ...explanation(finding)].flatMap((text) => wrap(text, indent)),
  ];
}

/** For people: "proven", "evidence", "confirmed 2026-11-23", or "not known". */
export function describeKnown(known: Known | undefined): string {
  if (known === undefined) {
    return "not known";
  }
  return known.by === "confirmed" ? `confirmed ${known.on}` : known.by;
}

function balanceLines(balances: NonNullable<Verification["balances"]>): string[] {
  if (balances.length === 0) {
    return ["Balances: none", ""];
  }
  const more = balances.length - maximumBalances;
  return [
    "Balances",
    ...balances.slice(0, maximumBalances).flatMap(({ asset, free, locked }) => {
      const inOrders = /[1-9]/.test(locked) ? `, and ${locked} in orders` : "";
      const line = `${" ".repeat(indent)}${redact(asset).padEnd(8)} ${free}${inOrders}`;
      return line.length > lineWidth ? wrap(line.trim(), indent) : [line];
    }),
    ...(more > 0 ? [`${" ".repeat(indent)}and ${more} more`] : []),
    "",
  ];
}

/** How many checks have passed, failed, and could not be made. */
export function summary(findings: Finding[]): string {
  const count = (wanted: Verdict) => findings.filter(({ verdict }) => verdict === wanted).length;
  return `${count("pass")} passed, ${count("fail")} failed, ${count("unknown")} not known`;
}
