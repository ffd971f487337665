import * as pulumi from "@pulumi/pulumi";
import type { BotServer } from "./bot-server.ts";
import { deliver, type DeliveredFile, fileOf, programFolder } from "./commands/file-delivery.ts";
import type { KeyGuard } from "./key-guard.ts";
import { botConfiguration, type BotSettings } from "./settings/bot/settings.ts";

export interface TradingBotArgs {
  server: BotServer;
  guard: KeyGuard;
  /** Undefined where none is set yet. */
  bot: BotSettings | undefined;
}

const unit = "/etc/systemd/system/trading-bot.service";

/**
 * The bot's unit with its sandbox, its settings, and the tools that bring it its program. It starts when it has
 * all that it needs: settings, program, key, and the guard's consent.
 */
export class TradingBot extends pulumi.ComponentResource {
  readonly installed: pulumi.Resource;

  constructor(
    name: string,
    { server, guard, bot }: TradingBotArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-bot-server:index:TradingBot", name, {}, options);
    this.installed = deliver(
      name,
      { server, files: botFiles(bot) },
      { parent: this, dependsOn: guard.installed },
    );
    this.registerOutputs({});
  }
}

/** What lies on the server for a bot, or for the want of one. */
export function botFiles(bot: BotSettings | undefined): DeliveredFile[] {
  const activate = [`${programFolder}/bot-control apply`];
  const runs = bot !== undefined && bot.command.length > 0;
  const watchdogSeconds = bot?.watchdogSeconds ?? 0;
  const dropIn = (name: string, wanted: boolean, values = {}): DeliveredFile => {
    const file = fileOf(`${unit}.d/${name}.conf`, { activate, values });
    return wanted ? file : { ...file, content: null };
  };
  return [
    fileOf(unit, { activate }),
    dropIn("jit", bot?.profile === "jit"),
    dropIn("notify", watchdogSeconds > 0, { watchdogSeconds: String(watchdogSeconds) }),
    dropIn("program", runs && needsProgram(bot)),
    dropIn("without-key", bot?.key.kind === "none"),
    fileOf(`${programFolder}/bot-control`, { mode: "0755" }),
    fileOf(`${programFolder}/launch-bot`, { mode: "0755", activate }),
    fileOf(`${programFolder}/prepare-program`, { mode: "0755" }),
    fileOf("/usr/local/sbin/trading-bot-program", { mode: "0755" }),
    { path: "/etc/trading-bot/bot.json", content: runs ? botConfiguration(bot) : null, activate },
  ];
}

function needsProgram({ command, workingDirectory, environment }: BotSettings): boolean {
  return [...command, workingDirectory, ...Object.values(environment)].some((text) =>
    text.includes("{program}"),
  );
}
