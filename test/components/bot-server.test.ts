import { beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { fingerprint } from "../../binance/key-pair.ts";
import { BinanceCredentials } from "../../components/binance-credentials.ts";
import { BotServer } from "../../components/bot-server.ts";
import { Hardening } from "../../components/hardening.ts";
import { KeyGuard } from "../../components/key-guard.ts";
import { StaticIp } from "../../components/static-ip.ts";
import { TradingBot } from "../../components/trading-bot.ts";
import { allResources, mockEngine, noteOptions, resource, valueOf } from "./mocks.ts";

const webhook = "https://hooks.example.net/secret-path";
const keyPair = { apiKey: "k".repeat(64), apiSecret: "s".repeat(64) };
const connection = z.object({
  host: z.string(),
  user: z.string(),
  privateKey: z.unknown(),
  hostKey: z.string(),
});

let server: BotServer;
let credentials: BinanceCredentials;

beforeAll(async () => {
  await mockEngine((name) => (name === "binance" ? `${fingerprint(keyPair)}\n` : ""));
  const address = new StaticIp("address", { name: "trading-bot-prod", location: "fsn1" }, noteOptions);
  server = new BotServer(
    "server",
    {
      name: "trading-bot-prod",
      address,
      serverType: "cx23",
      adminCidrs: ["198.51.100.10/32"],
      sshKeys: ["ssh-ed25519 AAAAperson me@home"],
    },
    noteOptions,
  );
  const hosts = { bot: ["api.telegram.org"], webhook };
  const hardening = new Hardening("hardening", { server, rebootTime: "03:30", hosts }, noteOptions);
  const guard = new KeyGuard("guard", { server, hardening, webhook }, noteOptions);
  const bot = new TradingBot("bot", { server, guard, bot: undefined }, noteOptions);
  credentials = new BinanceCredentials(
    "binance",
    { server, keyPair, verification: "enforce", bot },
    noteOptions,
  );
  await valueOf(credentials.fingerprint);
  await valueOf(server.serverId);
});

describe("the address", () => {
  test("outlives the server, and is protected", () => {
    const { inputs, options } = resource("address");
    expect(inputs).toMatchObject({
      type: "ipv4",
      autoDelete: false,
      location: "fsn1",
    });
    expect(inputs).not.toHaveProperty("assigneeType");
    expect(options.protect).toBe(true);
  });
});

describe("the server", () => {
  test("has the static address and no other way out", () => {
    expect(resource("server").inputs).toMatchObject({
      publicNets: [{ ipv4Enabled: true, ipv4: 42, ipv6Enabled: false }],
      location: "fsn1",
    });
  });

  test("is behind its firewall from the first boot on, which lets in SSH from the named ranges alone", () => {
    expect(resource("server").inputs.firewallIds).toEqual([42]);
    expect(resource("firewall").inputs.rules).toEqual([
      expect.objectContaining({
        direction: "in",
        protocol: "tcp",
        port: "22",
        sourceIps: ["198.51.100.10/32"],
      }),
    ]);
  });

  test("is replaced only when its owner asks for it, and then gives up the address first", () => {
    expect(resource("server").options).toMatchObject({
      deleteBeforeReplace: true,
      ignoreChanges: ["userData", "image", "sshKeys"],
    });
  });

  test("gets its user_data as a secret", () => {
    expect(resource("server").secrets).toContain("userData");
  });
});

test("the deploy key and the host keys are made once: an edited script makes no other", () => {
  for (const name of ["deploy-key", "host-key", "lasting-host-key"]) {
    expect(resource(name).options).toMatchObject({
      ignoreChanges: expect.arrayContaining(["create", "environment"]),
    });
  }
});

test("every connection is pinned to the host key", () => {
  const remote = allResources().filter(({ type }) => type === "command:remote:Command");
  expect(remote.map(({ name }) => name).sort()).toEqual([
    "authorized-keys",
    "binance",
    "binance-credential",
    "bot",
    "guard",
    "name-service",
    "packages",
    "ready",
    "server-files",
    "upkeep",
    "webhook",
  ]);
  for (const { inputs } of remote) {
    expect(connection.parse(inputs.connection)).toMatchObject({
      host: "203.0.113.10",
      hostKey: "ssh-ed25519 AAAApublic",
    });
  }
});

test("a replaced server is set up again: every remote command is triggered by the server's id", () => {
  for (const { type, inputs } of allResources()) {
    if (type === "command:remote:Command") {
      expect(inputs.triggers).toEqual(["42"]);
    }
  }
});

test("no remote command has a delete: a dead server must not hinder `pulumi destroy`", () => {
  for (const { type, inputs } of allResources()) {
    if (type === "command:remote:Command") {
      expect(inputs).not.toHaveProperty("delete");
    }
  }
});

/** What a delivery of this name brings: paths with their contents. */
function delivered(name: string): Record<string, string | null> {
  const files = z.object({ files: z.array(z.object({ path: z.string(), content: z.string().nullable() })) });
  const { files: list } = files.parse(JSON.parse(String(resource(name).inputs.stdin)));
  return Object.fromEntries(list.map(({ path, content }) => [path, content]));
}

test("whoever is in the settings may log in, beside the deploy key", () => {
  expect(delivered("authorized-keys")).toEqual({
    "/home/admin/.ssh/authorized_keys": "ssh-ed25519 AAAApublic\nssh-ed25519 AAAAperson me@home\n",
  });
});

describe("the host key that was in user_data", () => {
  test("is replaced by one that never was, and either is known while that isn't certain", () => {
    const { inputs, secrets } = resource("host-key-adoption");
    expect(secrets).toContain("stdin");
    expect(JSON.parse(String(inputs.stdin))).toMatchObject({
      server: { hostKey: ["ssh-ed25519 AAAApublic", "ssh-ed25519 AAAApublic"] },
      privateKey: expect.stringContaining("PRIVATE KEY"),
    });
    expect(inputs.triggers).toEqual(["42"]);
  });
});

describe("what could lock everybody out", () => {
  test("is delivered so that it must be confirmed over a new connection", () => {
    const { inputs, secrets } = resource("doors");
    expect(secrets).toContain("stdin");
    const { delivery } = z
      .object({
        delivery: z.object({ confirmWithin: z.number(), files: z.array(z.object({ path: z.string() })) }),
      })
      .parse(JSON.parse(String(inputs.stdin)));
    expect(delivery.confirmWithin).toBe(60);
    expect(delivery.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["/etc/nftables.conf", "/etc/ssh/sshd_config.d/10-trading-bot-server.conf"]),
    );
  });
});

describe("the webhook", () => {
  test("travels by standard input, as a secret; elsewhere only its host is named", () => {
    const { inputs, secrets } = resource("webhook");
    expect(secrets).toContain("stdin");
    expect(inputs.stdin).toBe(`${webhook}\n`);
    const elsewhere = allResources().filter(({ name }) => name !== "webhook");
    expect(JSON.stringify(elsewhere)).not.toContain("secret-path");
    expect(delivered("name-service")["/etc/trading-bot/resolver-hosts.conf"]).toContain(
      "nftset=/hooks.example.net/4#inet#trading_bot#webhook",
    );
  });
});

describe("the key pair", () => {
  test("travels by standard input only, as a secret", () => {
    const { inputs, secrets } = resource("binance");
    expect(secrets).toContain("stdin");
    expect(inputs.stdin).toBe(`${JSON.stringify(keyPair)}\n`);
    const elsewhere = JSON.stringify(allResources().map((declared) => ({ ...declared.inputs, stdin: "" })));
    expect(elsewhere).not.toContain(keyPair.apiKey);
    expect(elsewhere).not.toContain(keyPair.apiSecret);
  });

  test("leaves no trace in logs, and what the command prints is kept secret", () => {
    const { inputs, options } = resource("binance");
    expect(inputs).toMatchObject({ logging: "none", addPreviousOutputInEnv: false });
    expect(options).toMatchObject({ additionalSecretOutputs: expect.arrayContaining(["stdout", "stderr"]) });
  });

  test("changes in place: nothing of it is in the triggers or in the command", () => {
    const { inputs } = resource("binance");
    expect(inputs.create).toBe("sudo /usr/local/sbin/binance-credential install");
    expect(inputs).not.toHaveProperty("update");
  });

  test("is proven through the server before it is delivered, on standard input too", () => {
    const { inputs, secrets, options } = resource("verification");
    expect(secrets).toContain("stdin");
    expect(JSON.parse(String(inputs.stdin))).toMatchObject({
      keyPair,
      server: { ipAddress: "203.0.113.10", hostKey: "ssh-ed25519 AAAApublic" },
      verification: "enforce",
    });
    expect(inputs.create).toBe("node --disable-warning=ExperimentalWarning scripts/verify-candidate.ts");
    expect(options.additionalSecretOutputs).toEqual(expect.arrayContaining(["stdout", "stderr"]));
  });

  test("is named by the fingerprint that the server computed", async () => {
    expect(await valueOf(credentials.fingerprint)).toBe(fingerprint(keyPair));
  });
});
