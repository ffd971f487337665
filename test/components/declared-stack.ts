import { type ConfiguredKeyPair, isMade } from "../../binance/key-pair.ts";
import type { KeyRules } from "../../checklist/key-rules.ts";
import type { VerificationMode } from "../../checklist/verification-settings.ts";
import { BinanceCredentials } from "../../components/binance-credentials.ts";
import { BotServer } from "../../components/bot-server.ts";
import { guardAddresses } from "../../components/egress/guard-network.ts";
import { Hardening } from "../../components/hardening.ts";
import { declaredKey, KeyGuard } from "../../components/key-guard.ts";
import { ServerOrder } from "../../components/server-order.ts";
import type { PreviousSshKeys } from "../../components/settings/previous-ssh-keys.ts";
import { StaticIp } from "../../components/static-ip.ts";
import { TradingBot } from "../../components/trading-bot.ts";
import { mockEngine, recordOptions, valueOf } from "./mocks.ts";

export interface StackSettings {
  keyPair: ConfiguredKeyPair | undefined;
  verification: VerificationMode;
  webhook: string | undefined;
  heartbeat?: string;
  /** What the key is held to. */
  rules?: KeyRules;
  /** What the server reports as the live pair's fingerprint. */
  reported: string;
  /** The settings; undefined leaves them to the order. */
  serverType?: string;
  location?: string;
  previousSshKeys?: PreviousSshKeys;
}

/** Declares what index.ts declares, with mocks for an engine. */
export async function declareStack({
  keyPair,
  verification,
  webhook,
  heartbeat,
  rules = { permissions: "spot", acceptedPermissions: [] },
  reported,
  serverType,
  location,
  previousSshKeys,
}: StackSettings) {
  await mockEngine((name) => (name === "key-pair" ? `${reported}\n` : ""));
  const name = "trading-bot-prod";
  const order = new ServerOrder(
    "order",
    { name, hetzner: { token: "t".repeat(64) }, serverType, location, volume: undefined },
    recordOptions,
  );
  const address = new StaticIp("address", { name, location, order }, recordOptions);
  const server = new BotServer(
    "server",
    {
      name,
      address,
      order,
      serverType,
      adminCidrs: ["198.51.100.10/32"],
      sshKeys: ["ssh-ed25519 AAAAperson me@home"],
      previousSshKeys,
      keyEnds: keyPair !== undefined && isMade(keyPair),
    },
    recordOptions,
  );
  const hosts = {
    bot: [{ name: "api.telegram.org", ports: [443], wildcard: false }],
    guard: guardAddresses({ webhook, heartbeat, ...rules }),
  };
  const hardening = new Hardening(
    "hardening",
    { server, rebootTime: "03:30", hosts, pagePort: undefined, storage: undefined },
    recordOptions,
  );
  const guard = new KeyGuard(
    "guard",
    {
      server,
      hardening,
      webhook,
      heartbeat,
      blindMinutes: 30,
      passHours: 24,
      listsOrders: true,
      testPair: undefined,
      key: declaredKey({ keyPair, verification, ...rules }),
      demoPermissions: undefined,
    },
    recordOptions,
  );
  const bot = new TradingBot(
    "bot",
    {
      server,
      guard,
      volume: undefined,
      bot: undefined,
      demoKeyPair: undefined,
      liveKeyPair: undefined,
      permissions: rules.permissions,
    },
    recordOptions,
  );
  const credentials = new BinanceCredentials(
    "binance",
    { server, keyPair, verification, rules, testPair: undefined, bot },
    recordOptions,
  );
  await valueOf(server.identity.generation);
  return { liveKeyPair: await valueOf(credentials.fingerprint) };
}
