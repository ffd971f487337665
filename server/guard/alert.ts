import { describeFailure, type Failure } from "../../binance/failure.ts";
import { sentence } from "../../binance/text.ts";
import { diagnose } from "../../checklist/diagnosis/diagnosis.ts";
import type { Finding } from "../../checklist/finding.ts";
import { type GuardConfiguration, nameOf } from "./configuration.ts";
import { failing, type Situation } from "./situation.ts";

/** Whether the owner must get a message. A pass is reported only after something else was. */
export function needsAlert(now: Situation, reported: Situation | undefined): boolean {
  if (now.kind !== reported?.kind) {
    return now.kind !== "pass" || reported !== undefined;
  }
  return now.details.join("\n") !== reported.details.join("\n");
}

/** The message: which server, what happened, and what to do. */
export function alertText(
  { kind, details }: Situation,
  findings: Finding[],
  failure: Failure | undefined,
  configuration: GuardConfiguration,
): string {
  const { ipAddress } = configuration;
  const name = nameOf(configuration);
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
    case "quota": {
      const refusal: Failure = failure ?? { kind: "skipped" };
      const { causes } = diagnose(refusal, { ipAddress, caller: "guard" });
      const why = details.includes("firewall")
        ? "Binance's firewall refuses its requests for a time"
        : "this server has sent too many requests";
      return [
        `${name}: the guard can't check the Binance key, because ${why}. ${sentence(describeFailure(refusal))}`,
        ...causes.map((cause) => `Possible cause: ${cause}`),
        "If the bot runs, its connections to the internet are closed until a check gets an answer, because a bot that causes this blinds the guard. Its positions and orders are unattended meanwhile.",
        "What to do: find out what the bot sends: npm run logs",
      ].join("\n");
    }
  }
}
