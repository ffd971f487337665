import * as z from "zod";
import type { DeployedBot } from "../../stack/deployed-bot.ts";
import type { ProgramFinding } from "./finding.ts";
import { type FreqtradeConfiguration, readConfiguration } from "./freqtrade-configuration.ts";
import { hostOf, missingHost } from "./hosts.ts";

/** The parts of freqtrade's configuration that name a host. What isn't as expected, freqtrade itself reports. */
const configuration = z.object({
  telegram: z.object({ enabled: z.boolean() }).optional().catch(undefined),
  fiat_display_currency: z.string().optional().catch(undefined),
  pairlists: z
    .array(z.looseObject({ method: z.string(), pairlist_url: z.string().optional() }))
    .optional()
    .catch(undefined),
  webhook: z.object({ enabled: z.boolean(), url: z.string() }).optional().catch(undefined),
  discord: z.object({ enabled: z.boolean(), webhook_url: z.string() }).optional().catch(undefined),
  external_message_consumer: z
    .object({
      enabled: z.boolean(),
      producers: z.array(z.object({ host: z.string(), port: z.number().default(8080) })),
    })
    .optional()
    .catch(undefined),
  db_url: z.string().optional().catch(undefined),
});
type Configuration = z.output<typeof configuration>;

/** A host that the configuration needs. */
interface Need {
  host: string | undefined;
  /** The part of the configuration that needs it. */
  part: keyof Configuration;
  /** Where that is set, if not in a file. */
  place?: string;
  reason: string;
  /** Whether the bot trades without it. */
  optional?: boolean;
}

const telegramVariable = "FREQTRADE__TELEGRAM__ENABLED";

/** The hosts that the configuration of a freqtrade bot names, and that bot.hosts lacks. */
export function checkFreqtrade(program: string, bot: DeployedBot | undefined): ProgramFinding[] {
  if (!isFreqtrade(bot)) {
    return [];
  }
  const read = readConfiguration(program, bot.command);
  const { data } = configuration.safeParse(read.merged);
  if (data === undefined) {
    return [];
  }
  const set = overridden(data, bot.environment);
  return [
    ...read.missing.map(missingFile),
    ...checkDatabase(read, set, bot),
    ...needsOf(set, bot.environment).flatMap(({ host, part, place, reason, optional }): ProgramFinding[] =>
      host === undefined
        ? []
        : missingHost(host, bot.hosts).map((missing) => ({
            severity: optional === true ? "warning" : "error",
            ...missing,
            message: `${place ?? read.fileOf(part) ?? "the configuration"}: ${reason}, and ${missing.message}`,
          })),
    ),
  ];
}

/** Whether the bot's command starts freqtrade. */
export function isFreqtrade(bot: DeployedBot | undefined): bot is DeployedBot {
  return bot?.command[0]?.endsWith("/freqtrade") === true;
}

/** It may be on the server already, such as among the bot's state. */
function missingFile({ file, name }: FreqtradeConfiguration["missing"][number]): ProgramFinding {
  return {
    severity: "warning",
    message: `${file}: add_config_files names ${JSON.stringify(name)}, which isn't in the program, so it isn't checked. If it isn't on the server, freqtrade doesn't start.`,
  };
}

/** In paper mode, a database of the live bot would get trades that were never made. */
function checkDatabase(
  { fileOf }: FreqtradeConfiguration,
  { db_url: url }: Configuration,
  bot: DeployedBot,
): ProgramFinding[] {
  if (url === undefined || bot.environment.FREQTRADE__DRY_RUN !== "true") {
    return [];
  }
  return [
    {
      severity: "error",
      message: `${fileOf("db_url") ?? ""}: db_url is set, and the bot does a dry run. Live again, it would take the dry run's trades for real ones.`,
      remedy: "Remove db_url: freqtrade then keeps the trades of both modes apart.",
    },
  ];
}

/** With what the environment turns on or off, such as FREQTRADE__TELEGRAM__ENABLED. */
function overridden(set: Configuration, environment: DeployedBot["environment"]): Configuration {
  const value = environment[telegramVariable]?.toLowerCase();
  return value === undefined ? set : { ...set, telegram: { enabled: value === "true" } };
}

function needsOf(set: Configuration, environment: DeployedBot["environment"]): Need[] {
  const coinGecko = "api.coingecko.com";
  const { telegram, webhook, discord, external_message_consumer: consumer } = set;
  return [
    ...(telegram?.enabled === true
      ? [
          {
            host: "api.telegram.org",
            part: "telegram" as const,
            reason: "Telegram is enabled",
            ...(telegramVariable in environment && { place: `bot.environment.${telegramVariable}` }),
          },
        ]
      : []),
    ...((set.fiat_display_currency ?? "") === ""
      ? []
      : [
          {
            host: coinGecko,
            part: "fiat_display_currency" as const,
            reason: "fiat_display_currency is converted by CoinGecko",
            optional: true,
          },
        ]),
    ...(set.pairlists ?? []).flatMap(({ method, pairlist_url: url }): Need[] =>
      method === "MarketCapPairList"
        ? [{ host: coinGecko, part: "pairlists", reason: "MarketCapPairList reads CoinGecko" }]
        : url === undefined
          ? []
          : [{ host: hostOf(url), part: "pairlists", reason: `${method} reads its pairs there` }],
    ),
    ...(webhook?.enabled === true
      ? [{ host: hostOf(webhook.url), part: "webhook" as const, reason: "the webhook is enabled" }]
      : []),
    ...(discord?.enabled === true
      ? [{ host: hostOf(discord.webhook_url), part: "discord" as const, reason: "Discord is enabled" }]
      : []),
    ...(consumer?.enabled === true
      ? consumer.producers.map(({ host, port }) => ({
          host: hostOf(`ws://${host}:${port}`),
          part: "external_message_consumer" as const,
          reason: "external_message_consumer is enabled",
        }))
      : []),
    ...(set.db_url === undefined
      ? []
      : [{ host: hostOf(set.db_url), part: "db_url" as const, reason: "db_url is a database elsewhere" }]),
  ];
}
