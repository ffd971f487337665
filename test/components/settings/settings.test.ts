import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseSettings } from "../../../components/settings/settings.ts";
import { leaks, tokenPair } from "../../arbitraries.ts";
import { madePair } from "../../support/fixtures.ts";
import { findingsWith, parseWith, project, token } from "./support.ts";

const pair = { "binance:apiKey": "k".repeat(64), "binance:apiSecret": "s".repeat(64) };

describe("a key that was made on the server", () => {
  const values = { "binance:apiKey": madePair.apiKey, "binance:publicKey": madePair.publicKey };

  test("is read from its public key, which may be in plain text", () => {
    const { settings, findings } = parseWith(values, ["binance:publicKey"]);
    expect(findings).toEqual([]);
    expect(settings?.keyPair).toEqual(madePair);
  });

  test.each<[string, Record<string, string>, string]>([
    ["a secret beside it", pair, "error: binance:publicKey and binance:apiSecret are both set"],
    ["a path", { "binance:publicKey": "./public.pem" }, "error: binance:publicKey is not a public key"],
  ])("with %s is refused", (_, changes, expected) => {
    expect(
      findingsWith({
        ...values,
        ...changes,
        "binance:publicKey": changes["binance:publicKey"] ?? madePair.publicKey,
      }),
    ).toEqual([expect.stringContaining(expected)]);
  });

  test("without an API key is refused", () => {
    expect(findingsWith({ "binance:publicKey": madePair.publicKey })).toEqual([
      "error: binance:apiKey is missing, but binance:publicKey is set",
    ]);
  });

  test("has several lines for a bot that gets it in a file of text", () => {
    const file = { name: "key", format: "text", template: "{apiKey} {apiSecret}" };
    const bot = JSON.stringify({ command: "/usr/bin/true {keyFile}", key: { file } });
    expect(findingsWith({ ...values, bot })).toEqual([
      "warning: bot.key.file.format is text, but your secret has several lines",
    ]);
  });
});

describe("sound settings", () => {
  test("need a token and the addresses that may reach SSH; everything else has a default", () => {
    expect(parseWith()).toStrictEqual({
      findings: [],
      settings: {
        hetzner: { token, endpoint: undefined },
        location: undefined,
        serverType: undefined,
        standby: undefined,
        stateVolume: undefined,
        testPair: undefined,
        adminCidrs: ["203.0.113.7/32"],
        sshKeys: [],
        allowAnyLocation: false,
        allowSshFromAnywhere: false,
        backup: undefined,
        backupTime: "02:30",
        permissions: "spot",
        acceptedPermissions: [],
        verification: "enforce",
        keyName: "",
        renewAfterMonths: 6,
        confirmations: {},
        keyPair: undefined,
        demoKeyPair: undefined,
        bot: undefined,
        rebootTime: "03:30",
        guardBlindMinutes: 30,
        guardPassHours: 24,
      },
    });
  });

  test("are all read", () => {
    const confirmations = { twoFactor: { on: "2026-11-23", key: "0123456789ab" } };
    const { settings, findings } = parseWith({
      ...pair,
      location: "nbg1",
      serverType: "cax11",
      adminCidrs: "203.0.113.7/32, 198.51.100.0/24",
      permissions: "futures",
      acceptedPermissions: "enableOne, enableTwo",
      verification: "enforce",
      keyName: "TradingBot-Hetzner-01",
      renewAfterMonths: "3",
      confirmations: JSON.stringify(confirmations),
      bot: JSON.stringify({ preset: "freqtrade" }),
      webhook: "https://ntfy.sh/topic",
      heartbeat: "https://hc-ping.com/id",
      guardBlindMinutes: "60",
      guardPassHours: "12",
      rebootTime: "never",
    });
    expect(findings).toEqual([]);
    expect(settings).toMatchObject({
      keyPair: { apiKey: pair["binance:apiKey"], apiSecret: pair["binance:apiSecret"] },
      location: "nbg1",
      serverType: "cax11",
      adminCidrs: ["203.0.113.7/32", "198.51.100.0/24"],
      permissions: "futures",
      acceptedPermissions: ["enableOne", "enableTwo"],
      verification: "enforce",
      keyName: "TradingBot-Hetzner-01",
      renewAfterMonths: 3,
      confirmations,
      bot: { watchdogSeconds: 300 },
      webhook: "https://ntfy.sh/topic",
      heartbeat: "https://hc-ping.com/id",
      guardBlindMinutes: 60,
      guardPassHours: 12,
      rebootTime: "never",
    });
  });

  test("may be lists as JSON, as Pulumi gives them to the program", () => {
    const { settings } = parseWith({ adminCidrs: ' ["203.0.113.7/32","198.51.100.0/24"]' });
    expect(settings?.adminCidrs).toEqual(["203.0.113.7/32", "198.51.100.0/24"]);
  });

  test.each([
    ["renewAfterMonths", "1", 1],
    ["renewAfterMonths", "12", 12],
    ["guardBlindMinutes", "10", 10],
    ["guardBlindMinutes", "1440", 1440],
    ["guardPassHours", "1", 1],
    ["guardPassHours", "168", 168],
    ["rebootTime", "00:00", "00:00"],
    ["rebootTime", "19:59", "19:59"],
    ["rebootTime", "23:59", "23:59"],
    ["keyName", "x".repeat(100), "x".repeat(100)],
    ["allowAnyLocation", "true", true],
    ["allowSshFromAnywhere", "false", false],
    ["verification", "enforce", "enforce"],
    ["permissions", "futures", "futures"],
    ["acceptedPermissions", '["enableOne"]', ["enableOne"]],
    ["acceptedPermissions", "enableFixApiTrade", ["enableFixApiTrade"]],
    ["acceptedPermissions", "enable_one", ["enable_one"]],
  ])("%s may be %s", (name, value, expected) => {
    expect(parseWith({ [name]: value })).toMatchObject({ findings: [], settings: { [name]: expected } });
  });

  test.each([
    ["verification", "warn", "is warn", "pulumi config set verification enforce"],
    ["verification", "off", "is off", "pulumi config set verification enforce"],
    [
      "acceptedPermissions",
      "enableOne,enableTransferTwo",
      "contains enableTransferTwo, whose name speaks of moving money",
      "pulumi config set acceptedPermissions enableOne",
    ],
  ])("%s may be %s, with a warning", (setting, value, problem, command) => {
    const { settings, findings } = parseWith({ [setting]: value });
    expect(settings).toBeDefined();
    expect(findings).toMatchObject([{ severity: "warning", setting, problem, command }]);
  });

  test.each(["hcloud:endpoint", "hcloud:endpointHetzner", "hcloud:pollInterval", "hcloud:pollFunction"])(
    "may include %s, which the provider reads itself",
    (name) => {
      expect(findingsWith({ [name]: "x" })).toEqual([]);
    },
  );

  test("may include those of Pulumi's own namespace", () => {
    expect(findingsWith({ "pulumi:tags": "{}" })).toEqual([]);
  });
});

const list = (what: string, example: string) => ({
  problem: "must be a string or a list of strings",
  explanation: `Set one ${what}, or several separated by commas.`,
  command: `pulumi config set ${example}`,
});
const months = {
  problem: "must be a whole number from 1 to 12",
  command: "pulumi config set renewAfterMonths 6",
};
const time = {
  problem: "must be a time in UTC, such as 03:30, or never",
  command: "pulumi config set rebootTime 03:30",
};
const confirmed = {
  problem: "must be what `npm run verify -- --confirm` has written",
  explanation: "Remove it, and confirm the points of your account again.",
  command: "pulumi config rm confirmations",
};

describe("a value of the wrong form is refused, with the rule and an example", () => {
  test.each<[string, string, object]>([
    ["adminCidrs", "[1, 2, 3, 4, 5, 6, 7]", list("range", 'adminCidrs "$(curl -4s ifconfig.me)/32"')],
    ["adminCidrs", '["203.0.113.7/32",', list("range", 'adminCidrs "$(curl -4s ifconfig.me)/32"')],
    ["sshKeys", "[1, 2, 3, 4, 5, 6, 7]", list("public key", 'sshKeys "$(cat ~/.ssh/id_ed25519.pub)"')],
    [
      "allowAnyLocation",
      "yes",
      {
        problem: "must be true or false",
        explanation: 'It is set to "yes".',
        command: "pulumi config set allowAnyLocation true",
      },
    ],
    [
      "allowSshFromAnywhere",
      "",
      { problem: "must be true or false", command: "pulumi config set allowSshFromAnywhere true" },
    ],
    [
      "verification",
      "on",
      {
        problem: "must be enforce, warn or off",
        explanation: 'It is set to "on". With enforce, only a key pair that passes the check is activated.',
        command: "pulumi config set verification enforce",
      },
    ],
    ["permissions", "Futures", { command: "pulumi config set permissions futures" }],
    [
      "permissions",
      "spot,futures",
      {
        problem: "must be spot or futures",
        explanation: 'It is set to "spot,futures". A key is for one purpose: spot trading or futures.',
        command: "pulumi config set permissions spot",
      },
    ],
    [
      "acceptedPermissions",
      "enableA,enable one,enableB",
      {
        problem: 'contains "enable one", which is not the name of a permission',
        command: "pulumi config set acceptedPermissions enableA,enableB",
      },
    ],
    [
      "acceptedPermissions",
      "[1]",
      {
        problem: "must be names of permissions, separated by commas",
        command: "pulumi config set acceptedPermissions enableSomethingNew",
      },
    ],
    [
      "acceptedPermissions",
      "enableWithdrawals",
      {
        problem: "contains enableWithdrawals, which can't be accepted",
        command: "pulumi config rm acceptedPermissions",
      },
    ],
    ["renewAfterMonths", "13", { ...months, explanation: 'It is set to "13". It is a number of months.' }],
    ["renewAfterMonths", "0", months],
    ["renewAfterMonths", "6.5", months],
    ["renewAfterMonths", "112", months],
    [
      "keyName",
      "x".repeat(101),
      {
        problem: "must not be longer than 100 characters",
        explanation: "",
        command: "pulumi config set keyName TradingBot-Hetzner-01",
      },
    ],
    ["confirmations", '{"twoFactor":{"on":"2026-11-23"}}', confirmed],
    ["confirmations", "yes", { ...confirmed, explanation: `It is set to "yes". ${confirmed.explanation}` }],
    ["rebootTime", "24:00", { ...time, explanation: 'It is set to "24:00".' }],
    ["rebootTime", "3:30", time],
    ["rebootTime", "03:60", time],
    ["rebootTime", "103:30", time],
    ["rebootTime", "03:300", time],
  ])("%s: %j", (setting, value, finding) => {
    const { findings, settings } = parseWith({ [setting]: value });
    expect(findings).toMatchObject([{ severity: "error", setting, ...finding }]);
    expect(settings).toBeUndefined();
  });

  test("no command sets what another finding refuses", () => {
    const { findings } = parseWith({ acceptedPermissions: "enableWithdrawals,foo bar" });
    const command = "pulumi config rm acceptedPermissions";
    expect(findings).toMatchObject([{ command }, { command }]);
  });

  test("but a long value isn't shown, because it might be a secret that was set under the wrong name", () => {
    const shown = (value: string) =>
      JSON.stringify(parseWith({ verification: value }).findings).includes(value);
    expect(shown("x".repeat(16))).toBe(true);
    expect(shown("x".repeat(17))).toBe(false);
  });
});

describe("all mistakes are found at once", () => {
  test("in settings that depend on each other", () => {
    const changes = {
      "hcloud:token": undefined,
      adminCidrs: undefined,
      location: "hil",
      webhook: "x",
      "binance:apiKey": "k",
      sshKeys: "x",
      renewAfterMonths: "0",
      adminCidr: "x",
      bot: "x",
    };
    expect(findingsWith(changes).sort()).toEqual([
      "error: adminCidr is not a setting of this program",
      "error: adminCidrs is missing",
      "error: binance:apiSecret is missing, but binance:apiKey is set",
      "error: bot must have parts, but is a single value",
      "error: hcloud:token is missing",
      "error: location is hil (Hillsboro, USA), where Binance refuses customers",
      "error: renewAfterMonths must be a whole number from 1 to 12",
      "error: sshKeys contains a key that is not an Ed25519 public key (ssh-ed25519 or sk-ssh-ed25519@openssh.com)",
      "error: webhook is not an address",
    ]);
  });

  test("with half of a demo key pair, which is reported once", () => {
    const bot = JSON.stringify({
      command: "/usr/bin/true",
      key: { environment: { apiKey: "KEY", apiSecret: "SECRET" } },
      mode: "paper",
    });
    expect(findingsWith({ bot, "binance:demoApiKey": "k".repeat(64) })).toEqual([
      "error: binance:demoApiSecret is missing, but binance:demoApiKey is set",
    ]);
  });

  test("with a malformed opt-in, which accepts nothing", () => {
    expect(findingsWith({ location: "ash", serverType: "cpx12", allowAnyLocation: "yes" })).toEqual([
      "error: allowAnyLocation must be true or false",
      "error: location is ash (Ashburn, USA), where Binance refuses customers",
    ]);
  });
});

describe("a secret must be stored encrypted", () => {
  test.each([
    ["hcloud:token", "hcloud:token"],
    ["binance:apiKey", "binance:apiKey"],
    ["binance:apiSecret", "binance:apiSecret"],
    [`${project}:webhook`, "webhook"],
  ])("%s", (name, setting) => {
    const { findings, settings } = parseWith({ ...pair, webhook: "https://ntfy.sh/topic" }, [name]);
    expect(findings).toEqual([
      {
        severity: "error",
        setting,
        problem: "is stored in plaintext",
        explanation:
          "Everybody who can read the stack's file or its history knows it. Replace it by a new one, and set that encrypted:",
        command: `pulumi config set --secret ${setting}`,
      },
    ]);
    expect(settings).toBeUndefined();
  });

  test("but a part of bot must not be, besides its secrets", () => {
    const values = {
      "hcloud:token": token,
      [`${project}:adminCidrs`]: "203.0.113.7/32",
      [`${project}:bot`]: '{"preset":"freqtrade"}',
    };
    const { findings } = parseSettings({
      project,
      values,
      secretNames: Object.keys(values),
      encryptedBotParts: ["preset"],
    });
    expect(findings).toMatchObject([{ setting: "bot.preset", severity: "error" }]);
  });
});

describe("a warning lets the owner decide", () => {
  test.each<[string, Record<string, string>, string]>([
    [
      "Singapore",
      { location: "sin", serverType: "cpx12" },
      "warning: location is sin (Singapore), where Binance refuses many customers",
    ],
    [
      "an open SSH port, opted in",
      { adminCidrs: "0.0.0.0/0", allowSshFromAnywhere: "true" },
      'warning: adminCidrs contains "0.0.0.0/0", which opens SSH to the world',
    ],
  ])("%s", (_, changes, expected) => {
    expect(findingsWith(changes)).toEqual([expected]);
    expect(parseWith(changes).settings).toBeDefined();
  });

  test("a key pair of unusual length", () => {
    const { findings, settings } = parseWith({ ...pair, "binance:apiKey": "k".repeat(62) });
    expect(findings).toMatchObject([{ severity: "warning", setting: "binance:apiKey" }]);
    expect(settings).toBeDefined();
  });
});

test("half a key pair is refused", () => {
  for (const name of ["binance:apiKey", "binance:apiSecret"]) {
    expect(parseWith({ [name]: "k".repeat(64) }).settings).toBeUndefined();
  }
});

test("no finding contains a part of a secret", () => {
  const damage = fc.constantFrom("", " ", "\n", '"', "\u200b", "é");
  fc.assert(
    fc.property(tokenPair, damage, fc.boolean(), (secrets, inserted, plaintext) => {
      const { findings } = parseWith(
        {
          "hcloud:token": secrets.apiKey.slice(1) + inserted,
          "binance:apiKey": secrets.apiKey + inserted,
          "binance:apiSecret": inserted + secrets.apiSecret,
          "binance:apisecret": secrets.apiSecret,
          verification: secrets.apiSecret,
          rebootTime: secrets.apiSecret,
        },
        plaintext ? ["binance:apiSecret", "binance:apiKey", "hcloud:token"] : [],
      );
      const text = JSON.stringify(findings);
      expect(findings.length).toBeGreaterThan(3);
      expect(leaks(text, secrets.apiKey) || leaks(text, secrets.apiSecret)).toBe(false);
    }),
  );
});
