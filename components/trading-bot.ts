import * as pulumi from "@pulumi/pulumi";
import { type ConfiguredKeyPair, type KeyPair, serialize } from "../binance/key-pair.ts";
import type { Permissions } from "../checklist/key-rules.ts";
import { installBotPackages } from "./bot-packages.ts";
import { botPage } from "./bot-page.ts";
import type { BotServer } from "./bot-server.ts";
import { type DeliveredFile, deliveredFile } from "./commands/delivered-file.ts";
import { deliverFiles } from "./commands/file-delivery.ts";
import { runOperatorScript } from "./commands/operator-script.ts";
import { reaching, scriptInput } from "./commands/server-identity.ts";
import { botControl, programFolder, unitFolder } from "./commands/server-paths.ts";
import { streamAddresses } from "./egress/bot-network.ts";
import type { KeyGuard } from "./key-guard.ts";
import { uses } from "./settings/bot/placeholders.ts";
import {
  botConfiguration,
  botSecrets,
  type BotSettings,
  hasCommand,
  hasSecrets,
  usesDemoKey,
} from "./settings/bot/settings.ts";
import type { StateVolume } from "./state-volume.ts";
import { copyUnit, installerUnits, sandboxOfBot, sandboxOfCommands } from "./unit-sandbox.ts";

export interface TradingBotArgs {
  server: BotServer;
  guard: KeyGuard;
  /** Without a volume, the state is on the server's own disk. */
  volume: StateVolume | undefined;
  /** Undefined if none is configured yet. */
  bot: BotSettings | undefined;
  /** For a bot in paper mode that needs one. */
  demoKeyPair: KeyPair | undefined;
  /** With which the open orders are read that a bot leaves when it is changed to paper mode; undefined to read none. */
  liveKeyPair: ConfiguredKeyPair | undefined;
  permissions: Permissions;
}

const unit = `${unitFolder}/trading-bot.service`;

/** The systemd credential with the key pair of Binance's demo account. */
const demoCredential = "trading-bot-demo-key";

/** The systemd credential with the bot's other secrets. */
const secretsCredential = "trading-bot-secrets";

/**
 * The bot's unit with its sandbox, its settings, and the tools that install its program. It starts once it has
 * everything that it needs: settings, program, key, and the guard's consent.
 */
export class TradingBot extends pulumi.ComponentResource {
  readonly installed: pulumi.Resource;

  constructor(name: string, args: TradingBotArgs, options?: pulumi.ComponentResourceOptions) {
    super("trading-bot-server:index:TradingBot", name, {}, options);
    const { server, guard, bot, demoKeyPair, volume } = args;
    const files = botFiles(bot, demoKeyPair);
    const secret = files.some(({ credential, content }) => credential !== undefined && content !== null);
    const packages = installBotPackages(server.identity, bot?.packages ?? [], {
      parent: this,
      dependsOn: guard.installed,
    });
    this.installed = deliverFiles(
      name,
      { server: server.identity, files: secret ? pulumi.secret(files) : files },
      {
        parent: this,
        dependsOn: [
          this.#holdForRestore(server, guard),
          packages,
          ...this.#verifyDemoPair(args),
          ...(volume?.ready === undefined ? [] : [volume.ready]),
        ],
      },
    );
    this.#reportLiveOrders(args);
    this.registerOutputs({});
  }

  /** Once, when the mode has become paper: those orders stay at Binance, and the bot no longer watches them. */
  #reportLiveOrders({ server, bot, liveKeyPair, permissions }: TradingBotArgs): void {
    if (hasCommand(bot) && bot.mode === "paper" && liveKeyPair !== undefined) {
      runOperatorScript(
        "live-orders",
        {
          script: "report-live-orders.ts",
          input: { server: scriptInput(server.identity), keyPair: liveKeyPair, permissions },
          logging: "stderr",
        },
        { parent: this, dependsOn: this.installed },
      );
    }
  }

  /** A pair that isn't one of the demo account never gets to the bot, whatever the setting verification is. */
  #verifyDemoPair({ server, guard, bot, demoKeyPair, permissions }: TradingBotArgs): pulumi.Resource[] {
    if (!usesDemoKey(bot) || demoKeyPair === undefined) {
      return [];
    }
    return [
      runOperatorScript(
        "demo-key-verification",
        {
          script: "verify-demo-key.ts",
          input: { server: scriptInput(server.identity), keyPair: demoKeyPair, permissions },
        },
        { parent: this, dependsOn: [server.ready, guard.installed] },
      ),
    ];
  }

  /** On a server that replaces another one, the bot must not start before its saved state is restored. */
  #holdForRestore({ identity }: BotServer, guard: KeyGuard): pulumi.Resource {
    return runOperatorScript(
      "hold-for-restore",
      {
        script: "hold-for-restore.ts",
        input: { server: scriptInput(identity), generation: identity.generation, stack: pulumi.getStack() },
        triggers: [identity.generation],
      },
      { ...reaching(identity), parent: this, dependsOn: guard.installed },
    );
  }
}

function packageList(bot: BotSettings | undefined): string | null {
  const packages = bot?.packages ?? [];
  return packages.length === 0 ? null : `${packages.join("\n")}\n`;
}

/** The files on the server for a bot, or for none. */
export function botFiles(bot: BotSettings | undefined, demoKeyPair?: KeyPair): DeliveredFile[] {
  const activate = [`${botControl} apply`];
  const reload = ["systemctl daemon-reload"];
  const runs = hasCommand(bot);
  const demo = usesDemoKey(bot) ? demoKeyPair : undefined;
  const withSecrets = runs && hasSecrets(bot);
  const watchdogSeconds = bot?.watchdogSeconds ?? 0;
  const connectionMinutes = bot?.connectionMinutes ?? 0;
  const dropIn = (name: string, wanted: boolean, values = {}): DeliveredFile => {
    const file = deliveredFile(`${unit}.d/${name}.conf`, { activate, values });
    return wanted ? file : { ...file, content: null };
  };
  return [
    // Before the units, which must never run without them.
    ...sandboxOfBot(activate),
    ...["__init__", "connection", "output", "relay"].map((module) =>
      deliveredFile(`${programFolder}/bot_init/${module}.py`, { activate }),
    ),
    deliveredFile(`${programFolder}/bot-init`, { mode: "0755", activate }),
    deliveredFile(unit, { activate }),
    // Until 0.4.0, the sandbox was another delivery, and this file changed with it.
    { path: "/etc/trading-bot/sandbox-version", content: null },
    // A bot that runs isn't restarted for it.
    deliveredFile(`${unit}.d/moving.conf`, { activate: reload }),
    dropIn("may-end", bot?.mayEnd === true),
    dropIn("jit", bot?.profile === "jit"),
    dropIn("executable-tmp", bot?.executableTmp === true),
    dropIn("notify", watchdogSeconds > 0, { watchdogSeconds: String(watchdogSeconds) }),
    dropIn("connection", connectionMinutes > 0, {
      settings: [60 * connectionMinutes, ...streamAddresses(bot?.hosts ?? [])].join(" "),
    }),
    // Until 0.4.0, started a bot with a watchdog. bot-init does that now.
    { path: `${programFolder}/watchdog-relay`, content: null },
    dropIn("program", runs && uses(bot, "program")),
    dropIn("without-key", bot?.key.kind === "none" || bot?.mode === "paper"),
    {
      path: `/etc/credstore.encrypted/${demoCredential}`,
      content: demo === undefined ? null : serialize(demo),
      credential: demoCredential,
      mode: "0600",
      activate,
    },
    dropIn("zz-demo-key", demo !== undefined),
    demoKeyForGuard(demo !== undefined),
    // In the same delivery as the settings that name them: all take effect together, or none does.
    {
      path: `/etc/credstore.encrypted/${secretsCredential}`,
      content: withSecrets ? botSecrets(bot) : null,
      credential: secretsCredential,
      mode: "0600",
      activate,
    },
    dropIn("zz-secrets", withSecrets),
    deliveredFile(`${unitFolder}/trading-bot-pause.service`, { activate: reload }),
    ...[...installerUnits, copyUnit].map((unit) =>
      deliveredFile(`${unitFolder}/${unit}`, { activate: reload }),
    ),
    deliveredFile(`${programFolder}/launch-bot`, { mode: "0755", activate }),
    ...sandboxOfCommands({
      profile: bot?.profile ?? "strict",
      executableTmp: bot?.executableTmp === true,
      withSecrets,
      withDemoKey: demo !== undefined,
    }),
    deliveredFile("/usr/local/sbin/bot-command", { mode: "0755" }),
    deliveredFile(`${programFolder}/prepare-program`, { mode: "0755" }),
    deliveredFile(`${programFolder}/copy-state`, { mode: "0755" }),
    deliveredFile("/usr/local/sbin/trading-bot-program", { mode: "0755" }),
    deliveredFile("/usr/local/sbin/state-copy", { mode: "0755" }),
    ...stateCopies(reload),
    // Not read by any program: a bot is restarted for a package that has arrived.
    { path: "/etc/trading-bot/packages", content: packageList(bot), activate },
    ...botPage(bot?.ui),
    { path: "/etc/trading-bot/bot.json", content: runs ? botConfiguration(bot) : null, activate },
  ];
}

/** Finishes what was interrupted, and removes old copies of the state. */
function stateCopies(reload: string[]): DeliveredFile[] {
  const timer = "state-copies.timer";
  return [
    deliveredFile(`${unitFolder}/state-copies.service`, { activate: reload }),
    deliveredFile(`${unitFolder}/${timer}`, {
      activate: [...reload, `systemctl enable --quiet ${timer}`, `systemctl restart ${timer}`],
    }),
  ];
}

/** Lets the guard check the demo key pair instead of the live one. In the bot's delivery, so that it is rolled back with it. */
function demoKeyForGuard(wanted: boolean): DeliveredFile {
  const file = deliveredFile(`${unitFolder}/trading-bot-guard.service.d/zz-demo-key.conf`, {
    activate: ["systemctl daemon-reload"],
  });
  return wanted ? file : { ...file, content: null };
}
