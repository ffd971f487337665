import { describeFailure, type Failure } from "../../binance/failure.ts";
import { concernsKey } from "../../binance/refusals.ts";
import { sentence } from "../../binance/text.ts";
import { diagnose } from "../../checklist/diagnosis/diagnosis.ts";
import { type Finding, overall } from "../../checklist/finding.ts";
import type { GuardConfiguration } from "./configuration.ts";
import type { Situation } from "./state.ts";

/**
 * The situation after a check.
 *
 * @param failure why the guard doesn't know what the key may do
 * @returns undefined if nothing is known: nothing is sent, and what was reported before still applies
 */
export function situationOf(findings: Finding[], failure: Failure | undefined): Situation | undefined {
  const verdict = overall(findings.map((finding) => finding.verdict));
  if (verdict === "pass") {
    return { kind: "pass", details: [] };
  }
  if (verdict === "fail") {
    return { kind: "fail", details: failing(findings).map(({ id, detail }) => `${id}: ${detail}`) };
  }
  if (failure?.kind === "refused" && concernsKey(failure)) {
    return { kind: "refused", details: [String(failure.code)] };
  }
  return undefined;
}

/** Whether the owner must get a message. A pass is reported only after something else was. */
export function needsAlert(now: Situation, reported: Situation | undefined): boolean {
  if (now.kind !== reported?.kind) {
    return now.kind !== "pass" || reported !== undefined;
  }
  return now.details.join("\n") !== reported.details.join("\n");
}

/** The message: which server, what happened, and what to do. */
export function alertText(
  { kind }: Situation,
  findings: Finding[],
  failure: Failure | undefined,
  { server, ipAddress }: GuardConfiguration,
): string {
  const name = `${server} (${ipAddress})`;
  switch (kind) {
    case "pass":
      // The guard isn't root, and can't see whether a person stopped the bot.
      return `${name}: the Binance key passes the check again. If the guard stopped the bot, it is started again now, unless you stopped it with \`npm run stop\`.`;
    case "fail":
      return [
        `${name}: the guard has stopped the bot because of its Binance key.`,
        ...failing(findings).map(({ detail, remedy }) => `- ${detail} ${remedy ?? ""}`.trim()),
        "The bot starts again when a check passes. The guard checks every 5 minutes. See the journal: npm run logs",
      ].join("\n");
    case "refused": {
      const refusal: Failure = failure ?? { kind: "skipped" };
      const { causes, remedy } = diagnose(refusal, { ipAddress, caller: "guard" });
      return [
        `${name}: Binance refuses the bot's key. ${sentence(describeFailure(refusal))}`,
        ...causes.map((cause) => `Possible cause: ${cause}`),
        `What to do: ${remedy}`,
        "The bot keeps running: the guard does not stop it for this.",
      ].join("\n");
    }
  }
}

function failing(findings: Finding[]): Finding[] {
  return findings.filter(({ verdict }) => verdict === "fail");
}
