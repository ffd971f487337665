import { describeTrouble, type Trouble } from "../../binance/errors.ts";
import { diagnose } from "../../checklist/diagnosis.ts";
import { type Finding, overall } from "../../checklist/finding.ts";
import { isAboutTheKey } from "../../checklist/observations.ts";
import type { GuardSettings } from "./installed.ts";
import { sentence } from "./journal.ts";
import type { Situation } from "./memory.ts";

/**
 * How things stand after a check.
 *
 * @param trouble what hindered the guard from knowing
 * @returns undefined where nothing is known: nobody is told of that, and what was told still holds
 */
export function situationOf(findings: Finding[], trouble: Trouble | undefined): Situation | undefined {
  const verdict = overall(findings.map((finding) => finding.verdict));
  if (verdict === "pass") {
    return { kind: "pass", details: [] };
  }
  if (verdict === "fail") {
    return { kind: "fail", details: failing(findings).map(({ id, detail }) => `${id}: ${detail}`) };
  }
  if (trouble?.kind === "refused" && isAboutTheKey(trouble)) {
    return { kind: "refused", details: [String(trouble.code)] };
  }
  return undefined;
}

/** Whether somebody must be told. That a key is sound is no news until there was something else. */
export function isNews(now: Situation, told: Situation | undefined): boolean {
  if (now.kind !== told?.kind) {
    return now.kind !== "pass" || told !== undefined;
  }
  return now.details.join("\n") !== told.details.join("\n");
}

/** What somebody is told of it: where, what, and what to do. */
export function message(
  { kind }: Situation,
  findings: Finding[],
  trouble: Trouble | undefined,
  { server, ipAddress }: GuardSettings,
): string {
  const name = `${server} (${ipAddress})`;
  switch (kind) {
    case "pass":
      return `${name}: the Binance key passes the check again. If the guard had stopped the bot, it starts it now.`;
    case "fail":
      return [
        `${name}: the guard has stopped the bot, because of its Binance key.`,
        ...failing(findings).map(({ detail, remedy }) => `- ${detail} ${remedy ?? ""}`.trim()),
        "The bot starts again by itself when a check passes; there is one every 5 minutes. Look: npm run logs",
      ].join("\n");
    case "refused": {
      const { causes, remedy } = diagnose(trouble ?? { kind: "skipped" }, { ipAddress, place: "guard" });
      return [
        `${name}: Binance refuses the bot's key. ${sentence(trouble ? describeTrouble(trouble) : "")}`,
        ...causes.map((cause, index) => `${index === 0 ? "Perhaps" : "Or"}: ${cause}`),
        `What to do: ${remedy}`,
        "The guard doesn't stop a bot for that.",
      ].join("\n");
    }
  }
}

function failing(findings: Finding[]): Finding[] {
  return findings.filter(({ verdict }) => verdict === "fail");
}
