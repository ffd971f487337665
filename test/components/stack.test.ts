import { beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { fingerprint } from "../../binance/key-pair.ts";
import { server as scriptServerShape } from "../../scripts/lib/ssh/server.ts";
import { declareStack } from "./declared-stack.ts";
import { allAliases, allResources, decided, idOf, keyPairOf, resource } from "./mocks.ts";

const webhook = "https://hooks.example.net/secret-path";
const heartbeat = "https://beats.example.net/secret-path";
const keyPair = { apiKey: "k".repeat(64), apiSecret: "s".repeat(64) };

let liveKeyPair: string;

beforeAll(async () => {
  ({ liveKeyPair } = await declareStack({
    keyPair,
    verification: "enforce",
    webhook,
    heartbeat,
    reported: fingerprint(keyPair),
  }));
});

describe("the look at the order", () => {
  test("gets the token on standard input, and sees what an earlier run decided", () => {
    const { inputs, secrets } = resource("order");
    expect(secrets).toContain("stdin");
    expect(JSON.parse(String(inputs.stdin))).toEqual({
      access: { token: "t".repeat(64) },
      stack: "prod",
      wanted: { name: "trading-bot-prod", image: "debian-13", locations: ["fsn1", "nbg1", "hel1"] },
    });
    expect(inputs.addPreviousOutputInEnv).toBe(true);
  });

  test("happens in a preview as well, by hooks", () => {
    expect(resource("order").options.hooks).toMatchObject({
      beforeCreate: [{ opts: { onDryRun: true } }],
      beforeUpdate: [{ opts: { onDryRun: true } }],
    });
  });
});

test("each step that connects to the server says what to do if it can't be reached", () => {
  const connecting = allResources().filter(({ type, inputs }) => {
    const isScript = type === "command:local:Command" && String(inputs.stdin).includes('"deployKey"');
    return type === "command:remote:Command" || isScript;
  });
  expect(connecting.length).toBeGreaterThan(10);
  for (const { name } of connecting) {
    expect([name, resource(name).options.hooks?.onError]).toEqual([
      name,
      [expect.objectContaining({ name: "explain why the server can't be reached" })],
    ]);
  }
});

describe("the address", () => {
  test("outlives the server, and is protected", () => {
    const { inputs, options } = resource("address");
    expect(inputs).toMatchObject({
      type: "ipv4",
      autoDelete: false,
      deleteProtection: true,
      location: decided.location,
    });
    expect(inputs).not.toHaveProperty("assigneeType");
    expect(options.protect).toBe(true);
  });
});

test.each(["address", "server", "firewall", "ssh-key"])(
  "the %s has labels at Hetzner, by which `npm run recover` finds it",
  (name) => {
    expect(resource(name).inputs.labels).toEqual({
      "pulumi-project": expect.any(String),
      "pulumi-stack": expect.any(String),
    });
  },
);

describe("the server", () => {
  test("has the static address and no other way to the internet", () => {
    expect(resource("server").inputs).toMatchObject({
      publicNets: [{ ipv4Enabled: true, ipv4: Number(idOf("address")), ipv6Enabled: false }],
      location: decided.location,
    });
  });

  test("is what the look at the order decided, and keeps its type when a later look would decide otherwise", () => {
    expect(resource("server").inputs).toMatchObject({ serverType: decided.serverType, image: "debian-13" });
    expect(resource("server").options.ignoreChanges).toContain("serverType");
  });

  test("is behind its firewall from the first boot on, which lets in only SSH from the configured ranges", () => {
    expect(resource("server").inputs.firewallIds).toEqual([Number(idOf("firewall"))]);
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
      ignoreChanges: expect.arrayContaining(["userData", "image", "sshKeys"]),
    });
  });

  test("begins its generation with its id, which stays as it is in the state until there is another server", () => {
    const { inputs, options } = resource("generation");
    expect(inputs).toEqual({ input: idOf("server") });
    expect(options).toMatchObject({ replaceOnChanges: ["input"] });
    expect(resource("root-tools").inputs.triggers).toEqual([idOf("server")]);
  });

  test("gets its user_data as a secret", () => {
    expect(resource("server").secrets).toContain("userData");
  });
});

test("the deploy key and the host keys are made once: an edited script makes no other", () => {
  for (const name of ["deploy-key", "initial-host-key", "permanent-host-key"]) {
    expect(resource(name).options).toMatchObject({
      ignoreChanges: expect.arrayContaining(["create", "environment"]),
    });
  }
});

test("a new server must answer before Pulumi connects to it, and that isn't checked again for the same server", () => {
  const { inputs } = resource("ssh-port");
  expect(JSON.parse(String(inputs.stdin))).toEqual({ host: "203.0.113.10" });
  expect(inputs).toMatchObject({ triggers: [idOf("server")], logging: "stderr" });
});

describe("every remote command", () => {
  const remote = () => allResources().filter(({ type }) => type === "command:remote:Command");

  test("is known here", () => {
    expect(
      remote()
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      "authorized-keys",
      "base-config",
      "bot",
      "bot-packages",
      "credential-tool",
      "dns",
      "first-boot",
      "guard",
      "heartbeat",
      "key-pair",
      "packages",
      "root-tools",
      "webhook",
    ]);
  });

  test("connects with the deploy key, and only to the server that has the permanent host key", () => {
    for (const { name, inputs } of remote().filter(({ name }) => name !== "first-boot")) {
      expect([name, inputs.connection]).toEqual([
        name,
        {
          host: "203.0.113.10",
          user: "admin",
          privateKey: keyPairOf("deploy-key").privateKey,
          hostKey: keyPairOf("permanent-host-key").publicKey,
          port: 22,
          dialErrorLimit: 10,
          perDialTimeout: 5,
        },
      ]);
    }
  });

  test("connects during the first boot only to the server that has the host key from user_data", () => {
    expect(resource("first-boot").inputs.connection).toMatchObject({
      privateKey: keyPairOf("deploy-key").privateKey,
      hostKey: keyPairOf("initial-host-key").publicKey,
    });
  });
});

test("user_data holds the deploy key's public half and the initial host key, and nothing of the permanent one", () => {
  const userData = String(resource("server").inputs.userData).replace("#cloud-config\n", "");
  expect(JSON.parse(userData)).toMatchObject({
    users: [{ name: "admin", ssh_authorized_keys: [keyPairOf("deploy-key").publicKey] }],
    ssh_keys: {
      ed25519_private: keyPairOf("initial-host-key").privateKey,
      ed25519_public: keyPairOf("initial-host-key").publicKey,
    },
  });
  expect(userData).not.toContain(keyPairOf("permanent-host-key").publicKey);
});

test("Hetzner gets the deploy key's public half", () => {
  expect(resource("ssh-key").inputs.publicKey).toBe(keyPairOf("deploy-key").publicKey);
});

test("a resource that has another name since version 0.1.0 keeps its state", () => {
  expect(allAliases()).toEqual({
    "base-config": [{ name: "upkeep" }],
    "credential-tool": [{ name: "binance-credential" }],
    "root-tools": [{ name: "server-files" }],
    dns: [{ name: "name-service" }],
    "first-boot": [{ name: "ready" }],
    "initial-host-key": [{ name: "host-key" }],
    "key-pair": [{ name: "binance" }],
    "key-verification": [{ name: "verification" }],
    "permanent-host-key": [{ name: "lasting-host-key" }],
    "ssh-and-firewall": [{ name: "doors" }],
  });
});

/** The files of a delivery: contents by path. */
function deliveredFiles(name: string): Record<string, string | null> {
  const files = z.object({ files: z.array(z.object({ path: z.string(), content: z.string().nullable() })) });
  const { files: list } = files.parse(JSON.parse(String(resource(name).inputs.stdin)));
  return Object.fromEntries(list.map(({ path, content }) => [path, content]));
}

/** The server as a script gets it on standard input, checked by the script's own schema. */
function scriptServer(name: string): unknown {
  const { server: given } = z
    .object({ server: scriptServerShape })
    .parse(JSON.parse(String(resource(name).inputs.stdin)));
  return given;
}

const identity = {
  host: "203.0.113.10",
  user: "admin",
  deployKey: keyPairOf("deploy-key").privateKey,
  hostKey: keyPairOf("permanent-host-key").publicKey,
};

test("the people in the settings may log in, besides the deploy key", () => {
  expect(deliveredFiles("authorized-keys")).toEqual({
    "/home/admin/.ssh/authorized_keys": `${keyPairOf("deploy-key").publicKey}\nssh-ed25519 AAAAperson me@home\n`,
  });
});

test("the host key from user_data is replaced by one that was never there; until then, both are accepted", () => {
  const { inputs, secrets } = resource("host-key-adoption");
  expect(secrets).toContain("stdin");
  expect(JSON.parse(String(inputs.stdin))).toEqual({
    server: {
      ...identity,
      hostKey: [keyPairOf("initial-host-key").publicKey, keyPairOf("permanent-host-key").publicKey],
    },
    command: expect.stringContaining("sudo sh -c"),
    privateKey: keyPairOf("permanent-host-key").privateKey,
  });
  expect(inputs.triggers).toEqual([idOf("server")]);
});

test("the state has the webhook's host only as a secret", () => {
  const host = new URL(webhook).hostname;
  const plain = allResources().filter(({ inputs, secrets }) =>
    Object.entries(inputs).some(
      ([name, value]) => !secrets.includes(name) && JSON.stringify(value).includes(host),
    ),
  );
  expect(plain.map(({ name }) => name)).toEqual([]);
  expect(JSON.stringify(resource("dns").inputs)).toContain(host);
});

describe("files that could lock everybody out", () => {
  test("must be confirmed over a new connection", () => {
    const { inputs, secrets } = resource("ssh-and-firewall");
    expect(secrets).toContain("stdin");
    expect(scriptServer("ssh-and-firewall")).toEqual(identity);
    const { delivery } = z
      .object({
        delivery: z.object({ confirmWithin: z.number(), files: z.array(z.object({ path: z.string() })) }),
      })
      .parse(JSON.parse(String(inputs.stdin)));
    expect(delivery.confirmWithin).toBe(60);
    expect(delivery.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["/etc/nftables.conf", "/etc/ssh/sshd_config.d/10-trading-bot-server.conf"]),
    );
    expect(inputs.triggers).toEqual([idOf("server")]);
  });
});

describe.each([
  ["webhook", webhook],
  ["heartbeat", heartbeat],
])("the %s", (name, address) => {
  test("is sent on standard input, as a secret; nothing else names more than its host", () => {
    const { inputs, secrets } = resource(name);
    expect(secrets).toContain("stdin");
    expect(inputs.stdin).toBe(`${address}\n`);
    const others = allResources().filter((other) => !["webhook", "heartbeat"].includes(other.name));
    expect(JSON.stringify(others)).not.toContain("secret-path");
    const delivered = deliveredFiles("dns");
    const naming = Object.keys(delivered).filter((path) =>
      delivered[path]?.includes(new URL(address).hostname),
    );
    expect(naming).toEqual(["/etc/trading-bot-guard/proxy.cfg", "/etc/trading-bot-guard/hosts"]);
  });
});

describe("the key pair", () => {
  test("is sent on standard input only, as a secret", () => {
    const { inputs, secrets } = resource("key-pair");
    expect(secrets).toContain("stdin");
    expect(inputs.stdin).toBe(`${JSON.stringify(keyPair)}\n`);
    const others = JSON.stringify(allResources().map((declared) => ({ ...declared.inputs, stdin: "" })));
    expect(others).not.toContain(keyPair.apiKey);
    expect(others).not.toContain(keyPair.apiSecret);
  });

  test("leaves no trace in logs, and the output of its command is secret", () => {
    const { inputs, options } = resource("key-pair");
    expect(inputs).toMatchObject({ logging: "none", addPreviousOutputInEnv: false });
    expect(options).toMatchObject({ additionalSecretOutputs: expect.arrayContaining(["stdout", "stderr"]) });
  });

  test("changes in place: neither the triggers nor the command depend on it", () => {
    const { inputs } = resource("key-pair");
    expect(inputs.create).toBe("sudo /usr/local/sbin/binance-credential install");
    expect(inputs).not.toHaveProperty("update");
  });

  test("is verified through the server before it is installed, and gets there on standard input as well", () => {
    const { inputs, secrets, options } = resource("key-verification");
    expect(secrets).toContain("stdin");
    // Nothing else, because the gate runs again if its input changes.
    expect(JSON.parse(String(inputs.stdin))).toEqual({
      keyPair,
      server: identity,
      verification: "enforce",
    });
    // Any other field would verify the live pair again when a stack of an earlier version is updated.
    expect(Object.keys(z.looseObject({}).parse(JSON.parse(String(inputs.stdin))))).toEqual([
      "keyPair",
      "server",
      "verification",
    ]);
    expect(inputs.create).toBe("node --disable-warning=ExperimentalWarning scripts/verify-candidate.ts");
    expect(options.additionalSecretOutputs).toEqual(expect.arrayContaining(["stdout", "stderr"]));
  });

  test("is reported by the fingerprint that the server computed", () => {
    expect(liveKeyPair).toBe(fingerprint(keyPair));
  });
});
