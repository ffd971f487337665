import { describeFailure, type Failure } from "../../binance/failure.ts";
import { concernsKey } from "../../binance/refusals.ts";
import { sentence } from "../../binance/text.ts";
import { diagnose } from "../../checklist/diagnosis/diagnosis.ts";
import type { Finding } from "../../checklist/finding.ts";
import type { GuardFindings } from "../../checklist/guard.ts";
import { type GuardConfiguration, nameOf } from "./configuration.ts";
import { failing, type Situation } from "./situation.ts";

/** Whether the owner must get a message. A pass is reported only after something else was. */
export function needsAlert(now: Situation, reported: Situation | undefined): boolean {
  return isNewVerdict(now, reported) || textOf(now.notices) !== textOf(reported?.notices ?? []);
}

function isNewVerdict(now: Situation, reported: Situation | undefined): boolean {
  if (now.kind !== reported?.kind) {
    return now.kind !== "pass" || reported !== undefined;
  }
  return now.details.join("\n") !== reported.details.join("\n");
}

function textOf(notices: Situation["notices"]): string {
  return notices.map(({ id, detail }) => `${id}: ${detail}`).join("\n");
}

/** What a check has found, for the message about it. */
interface Checked {
  findings: GuardFindings;
  /** Why the guard doesn't know what the key may do. */
  failure: Failure | undefined;
  /** The situation that was reported last. */
  reported: Situation | undefined;
}

/** The message: which server, what happened, and what to do. */
export function alertText(now: Situation, checked: Checked, configuration: GuardConfiguration): string {
  const { findings, failure, reported } = checked;
  const name = nameOf(configuration);
  return [
    ...(isNewVerdict(now, reported)
      ? [`${name}: ${verdictText(now, findings, failure, configuration.ipAddress)}`]
      : []),
    ...noticesText(now, findings.notices, reported).map((text) => `${name}: ${text}`),
  ].join("\n");
}

function verdictText(
  { kind, details }: Situation,
  findings: GuardFindings,
  failure: Failure | undefined,
  ipAddress: string,
): string {
  switch (kind) {
    case "pass":
      // The guard isn't root, and can't see whether a person stopped the bot.
      return "the Binance key passes the check again. If the guard stopped the bot, it is started again now, unless you stopped it with `npm run stop`.";
    case "fail":
      return [
        "the guard has stopped the bot because of its Binance key.",
        ...failing(findings.key).map(line),
        "The bot starts again when a check passes. The guard checks every 5 minutes. See the journal: npm run logs",
      ].join("\n");
    case "refused": {
      const refusal: Failure = failure ?? { kind: "skipped" };
      const { causes, remedy } = diagnose(refusal, { ipAddress, caller: "guard" });
      return [
        `Binance refuses ${concernsKey(refusal) ? "the bot's key" : "this server or this account"}. ${sentence(describeFailure(refusal))}`,
        ...causes.map((cause) => `Possible cause: ${cause}`),
        `What to do: ${remedy}`,
        "The bot keeps running: the guard does not stop it for this.",
      ].join("\n");
    }
    case "quota": {
      const refusal: Failure = failure ?? { kind: "skipped" };
      const { causes } = diagnose(refusal, { ipAddress, caller: "guard" });
      const why = details.includes("firewall")
        ? "Binance's firewall refuses its requests for a time"
        : "this server has sent too many requests";
      return [
        `the guard can't check the Binance key, because ${why}. ${sentence(describeFailure(refusal))}`,
        ...causes.map((cause) => `Possible cause: ${cause}`),
        "If the bot runs, its connections to the internet are closed until a check gets an answer, because a bot that causes this blinds the guard. Its positions and orders are unattended meanwhile.",
        "What to do: find out what the bot sends: npm run logs",
      ].join("\n");
    }
  }
}

/** What is new, and what is over. */
function noticesText(now: Situation, findings: Finding[], reported: Situation | undefined): string[] {
  const before = new Set((reported?.notices ?? []).map(({ detail }) => detail));
  const still = new Set(now.notices.map(({ detail }) => detail));
  const appeared = findings.filter(({ detail }) => still.has(detail) && !before.has(detail));
  const over = [...before].filter((detail) => !still.has(detail));
  return [
    ...(appeared.length === 0
      ? []
      : [
          [
            "something about the Binance key or its account needs your attention. The guard does not stop the bot for this.",
            ...appeared.flatMap((finding) => [
              line(finding),
              ...(finding.causes ?? []).map((cause) => `  Possible cause: ${cause}`),
            ]),
          ].join("\n"),
        ]),
    ...(over.length === 0
      ? []
      : [["this is no longer so:", ...over.map((detail) => `- ${detail}`)].join("\n")]),
  ];
}

function line({ detail, remedy }: Finding): string {
  return `- ${detail} ${remedy ?? ""}`.trim();
}
