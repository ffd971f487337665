import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../../../binance/json.ts";
import type { DeployedBot } from "../../stack/deployed-bot.ts";
import type { ProgramFinding } from "./finding.ts";
import { hostOf, missingHost } from "./hosts.ts";
import { withoutComments } from "./json-comments.ts";

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
  add_config_files: z.array(z.string()).default([]).catch([]),
});
type Configuration = z.output<typeof configuration>;

/** A host that the configuration needs. */
interface Need {
  host: string | undefined;
  /** Where that is set, if not in the file. */
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
  return configurationFiles(bot.command).flatMap((file) => checkFile(program, file, bot));
}

/** Whether the bot's command starts freqtrade. */
export function isFreqtrade(bot: DeployedBot | undefined): bot is DeployedBot {
  return bot?.command[0]?.endsWith("/freqtrade") === true;
}

/** The files in the program that `--config` names. */
export function configurationFiles(command: readonly string[]): string[] {
  const prefix = "{program}/";
  return command
    .filter((_, index) => ["--config", "-c"].includes(command[index - 1] ?? ""))
    .flatMap((path) => (path.startsWith(prefix) ? [path.slice(prefix.length)] : []));
}

function checkFile(program: string, file: string, bot: DeployedBot): ProgramFinding[] {
  const path = join(program, file);
  if (!existsSync(path)) {
    return [];
  }
  const read = configuration.safeParse(parseJson(withoutComments(readFileSync(path, "utf8"))));
  if (!read.success) {
    return [];
  }
  const set = overridden(read.data, bot.environment);
  const more = set.add_config_files
    .map((name) => join(file, "..", name))
    .filter((name) => !name.startsWith("..") && existsSync(join(program, name)));
  return [
    ...checkDatabase(file, set, bot),
    ...needsOf(set, bot.environment).flatMap(({ host, place = file, reason, optional }): ProgramFinding[] =>
      host === undefined
        ? []
        : missingHost(host, bot.hosts).map((missing) => ({
            severity: optional === true ? "warning" : "error",
            ...missing,
            message: `${place}: ${reason}, and ${missing.message}`,
          })),
    ),
    ...more
      .filter((name) => name !== file)
      .flatMap((name) => checkFile(program, name, { ...bot, command: [] })),
  ];
}

/** In paper mode, a database of the live bot would get trades that were never made. */
function checkDatabase(file: string, { db_url: url }: Configuration, bot: DeployedBot): ProgramFinding[] {
  if (url === undefined || bot.environment.FREQTRADE__DRY_RUN !== "true") {
    return [];
  }
  return [
    {
      severity: "error",
      message: `${file}: db_url is set, and the bot does a dry run. Live again, it would take the dry run's trades for real ones.`,
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
            reason: "Telegram is enabled",
            ...(telegramVariable in environment && { place: `bot.environment.${telegramVariable}` }),
          },
        ]
      : []),
    ...((set.fiat_display_currency ?? "") === ""
      ? []
      : [{ host: coinGecko, reason: "fiat_display_currency is converted by CoinGecko", optional: true }]),
    ...(set.pairlists ?? []).flatMap(({ method, pairlist_url: url }): Need[] =>
      method === "MarketCapPairList"
        ? [{ host: coinGecko, reason: "MarketCapPairList reads CoinGecko" }]
        : url === undefined
          ? []
          : [{ host: hostOf(url), reason: `${method} reads its pairs there` }],
    ),
    ...(webhook?.enabled === true ? [{ host: hostOf(webhook.url), reason: "the webhook is enabled" }] : []),
    ...(discord?.enabled === true
      ? [{ host: hostOf(discord.webhook_url), reason: "Discord is enabled" }]
      : []),
    ...(consumer?.enabled === true
      ? consumer.producers.map(({ host, port }) => ({
          host: hostOf(`ws://${host}:${port}`),
          reason: "external_message_consumer is enabled",
        }))
      : []),
    ...(set.db_url === undefined
      ? []
      : [{ host: hostOf(set.db_url), reason: "db_url is a database elsewhere" }]),
  ];
}
