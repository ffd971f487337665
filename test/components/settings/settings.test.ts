import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parse } from "yaml";
import * as z from "zod";
import { ownSettings, parseSettings } from "../../../components/settings/settings.ts";
import { leaks, tokenPair } from "../../arbitraries.ts";

const project = "trading-bot-server";
const token = "t".repeat(64);
const sshKey = `ssh-ed25519 ${Buffer.from(`\0\0\0\x0bssh-ed25519\0\0\0 ${"x".repeat(32)}`, "latin1").toString("base64")} me@home`;

type Changes = Record<string, string | undefined>;

/** Parses a sound configuration with these changes: own settings by their short name, undefined for "not set". */
function parseWith(changes: Changes = {}, plaintext: string[] = []) {
  const sound: Changes = { "hcloud:token": token, adminCidrs: "203.0.113.7/32" };
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...sound, ...changes })) {
    if (value !== undefined) {
      values[name.includes(":") ? name : `${project}:${name}`] = value;
    }
  }
  const secretNames = Object.keys(values).filter((name) => ![...plaintext, `${project}:bot`].includes(name));
  return parseSettings({ project, values, secretNames });
}

function findingsWith(changes: Changes, plaintext?: string[]): string[] {
  return parseWith(changes, plaintext).findings.map(
    ({ severity, setting, problem }) => `${severity}: ${setting} ${problem}`,
  );
}

test("a token and who may reach SSH are enough", () => {
  expect(parseWith()).toEqual({
    findings: [],
    settings: {
      location: "fsn1",
      serverType: "cx23",
      adminCidrs: ["203.0.113.7/32"],
      sshKeys: [],
      allowAnyLocation: false,
      allowSshFromAnywhere: false,
      verification: "enforce",
      keyName: "",
      renewAfterMonths: 6,
      confirmations: {},
      keyPair: undefined,
      bot: undefined,
      webhook: undefined,
      rebootTime: "03:30",
    },
  });
});

test("lists are taken as JSON, as Pulumi stores them, and as a person types them", () => {
  const typed = parseWith({ adminCidrs: "203.0.113.7/32, 198.51.100.0/24" }).settings?.adminCidrs;
  const stored = parseWith({ adminCidrs: '["203.0.113.7/32","198.51.100.0/24"]' }).settings?.adminCidrs;
  expect(typed).toEqual(["203.0.113.7/32", "198.51.100.0/24"]);
  expect(stored).toEqual(typed);
});

test("what verification needs is read", () => {
  const confirmations = { twoFactor: { on: "2026-11-23", key: "0123456789ab" } };
  const settings = parseWith({
    verification: "warn",
    keyName: "TradingBot-Hetzner-01",
    renewAfterMonths: "3",
    confirmations: JSON.stringify(confirmations),
  }).settings;
  expect(settings).toMatchObject({
    verification: "warn",
    keyName: "TradingBot-Hetzner-01",
    renewAfterMonths: 3,
    confirmations,
  });
});

test("a bot, where warnings go and when the server may restart are read", () => {
  const settings = parseWith({
    bot: JSON.stringify({ preset: "freqtrade" }),
    webhook: "https://ntfy.sh/topic",
    rebootTime: "never",
  }).settings;
  expect(settings).toMatchObject({
    bot: { watchdogSeconds: 300 },
    webhook: "https://ntfy.sh/topic",
    rebootTime: "never",
  });
});

describe("a mistake is refused and named", () => {
  test.each<[string, Changes, string]>([
    ["no token", { "hcloud:token": undefined }, "hcloud:token is missing"],
    [
      "a short token",
      { "hcloud:token": "t".repeat(63) },
      "hcloud:token has 63 characters, where a token has 64",
    ],
    [
      "a token with a line break",
      { "hcloud:token": `${token}\n` },
      "hcloud:token has white space or a line break in or around it",
    ],
    [
      "a token of odd signs",
      { "hcloud:token": "é".repeat(64) },
      "hcloud:token has a character that is no plain letter or digit",
    ],
    ["nobody may reach SSH", { adminCidrs: undefined }, "adminCidrs is missing"],
    ["Pulumi.yaml's empty default", { adminCidrs: "" }, "adminCidrs is missing"],
    ["an empty list", { adminCidrs: "[]" }, "adminCidrs is missing"],
    ["a list of numbers", { adminCidrs: "[1]" }, "adminCidrs is no list of texts"],
    ["a word for a range", { adminCidrs: "home" }, 'adminCidrs holds "home", which is no IPv4 range'],
    [
      "a bare address",
      { adminCidrs: "203.0.113.7" },
      'adminCidrs holds "203.0.113.7", which has no prefix length',
    ],
    [
      "a leading zero",
      { adminCidrs: "203.0.113.07/32" },
      'adminCidrs holds "203.0.113.07/32", which is no IPv4 range',
    ],
    [
      "an address inside its network",
      { adminCidrs: "203.0.113.7/24" },
      `adminCidrs holds "203.0.113.7/24", which doesn't start at its network's first address`,
    ],
    ["IPv6", { adminCidrs: "2001:db8::/32" }, 'adminCidrs holds "2001:db8::/32", which is an IPv6 range'],
    [
      "an address of the home network",
      { adminCidrs: "192.168.1.5/32" },
      'adminCidrs holds "192.168.1.5/32", which is not an address on the internet',
    ],
    ["everybody", { adminCidrs: "0.0.0.0/0" }, 'adminCidrs holds "0.0.0.0/0", which opens SSH to the world'],
    [
      "everybody in two halves",
      { adminCidrs: "0.0.0.0/1,128.0.0.0/1" },
      'adminCidrs holds "128.0.0.0/1", which opens SSH to the world',
    ],
    [
      "a place where Binance refuses customers",
      { location: "ash", serverType: "cpx12" },
      "location is ash (Ashburn, USA), where Binance refuses customers",
    ],
    [
      "a place that doesn't exist",
      { location: "fns1" },
      'location is "fns1", which is no known location of Hetzner',
    ],
    [
      "an EU server outside the EU",
      { location: "sin" },
      "serverType is cx23, which is sold in the EU only, while location is sin",
    ],
    [
      "a server type of no kind",
      { serverType: "CX 23" },
      'serverType is "CX 23", which is no server type of Hetzner',
    ],
    ["a flag that is neither", { allowAnyLocation: "yes" }, 'allowAnyLocation is "yes"'],
    ["a verification of no known kind", { verification: "on" }, 'verification is "on"'],
    ["a renewal after a year", { renewAfterMonths: "13" }, 'renewAfterMonths is "13"'],
    ["a renewal at once", { renewAfterMonths: "0" }, 'renewAfterMonths is "0"'],
    ["a renewal of no number", { renewAfterMonths: "6.5" }, 'renewAfterMonths is "6.5"'],
    ["an endless name", { keyName: "x".repeat(101) }, "keyName is longer than 100 characters"],
    [
      "a confirmation without its key",
      { confirmations: '{"twoFactor":{"on":"2026-11-23"}}' },
      "confirmations is not what `npm run verify -- --confirm` has written",
    ],
    [
      "confirmations in prose",
      { confirmations: "yes" },
      "confirmations is not what `npm run verify -- --confirm` has written",
    ],
    [
      "an RSA key",
      { sshKeys: "ssh-rsa AAAA me" },
      "sshKeys holds a key that is not an Ed25519 public key (ssh-ed25519 or sk-ssh-ed25519@openssh.com)",
    ],
    [
      "a key that was cut off",
      { sshKeys: sshKey.slice(0, 60) },
      "sshKeys holds an Ed25519 key that is cut off or damaged",
    ],
    [
      "a private key",
      { sshKeys: "-----BEGIN OPENSSH PRIVATE KEY-----" },
      "sshKeys holds a private key, which never leaves your machine: name the .pub file's line",
    ],
    [
      "half a pair",
      { "binance:apiKey": "k".repeat(64) },
      "binance:apiSecret is missing, but apiKey is set",
    ],
    ["an hour that no day has", { rebootTime: "24:00" }, 'rebootTime is "24:00"'],
    ["an hour without its zero", { rebootTime: "3:30" }, 'rebootTime is "3:30"'],
    [
      "a webhook that is no https address",
      { webhook: "http://ntfy.sh/topic" },
      "trading-bot-server:webhook doesn't start with https://",
    ],
    ["a bot without a command", { bot: '{"key":"none"}' }, "bot.command is missing"],
    [
      "a misspelt setting",
      { adminCidr: "203.0.113.7/32" },
      "trading-bot-server:adminCidr is no setting of this program",
    ],
    [
      "a secret under another name",
      { "binance:secret": "s".repeat(64) },
      "binance:secret is no setting of this program",
    ],
  ])("%s", (_, changes, expected) => {
    expect(findingsWith(changes)).toContain(`error: ${expected}`);
    expect(parseWith(changes).settings).toBeUndefined();
  });

  test.each(["hcloud:token", "binance:apiKey", "binance:apiSecret"])("%s in plaintext", (name) => {
    const pair = { "binance:apiKey": "k".repeat(64), "binance:apiSecret": "s".repeat(64) };
    expect(findingsWith(pair, [name])).toEqual([`error: ${name} is stored in plaintext`]);
  });

  test("a webhook in plaintext", () => {
    const findings = findingsWith({ webhook: "https://ntfy.sh/topic" }, [`${project}:webhook`]);
    expect(findings).toEqual(["error: trading-bot-server:webhook is stored in plaintext"]);
  });

  test("all of them at once", () => {
    const changes = {
      "hcloud:token": undefined,
      adminCidrs: undefined,
      location: "hil",
      "binance:apiKey": "k",
    };
    expect(parseWith(changes).findings.map(({ setting }) => setting)).toEqual([
      "hcloud:token",
      "location",
      "serverType",
      "adminCidrs",
      "binance:apiSecret",
    ]);
  });
});

describe("a doubt is said, and the owner decides", () => {
  test.each<[string, Changes, string]>([
    [
      "Singapore",
      { location: "sin", serverType: "cpx12" },
      "warning: location is sin (Singapore), where Binance refuses many customers",
    ],
    [
      "a pair of unusual length",
      { "binance:apiKey": "k".repeat(62), "binance:apiSecret": "s".repeat(64) },
      "warning: binance:apiKey has 62 characters; 64 are usual",
    ],
    [
      "an open SSH port, opted in",
      { adminCidrs: "0.0.0.0/0", allowSshFromAnywhere: "true" },
      'warning: adminCidrs holds "0.0.0.0/0", which opens SSH to the world',
    ],
  ])("%s", (_, changes, expected) => {
    expect(findingsWith(changes)).toEqual([expected]);
    expect(parseWith(changes).settings).toBeDefined();
  });

  test("a place where Binance refuses customers, opted in", () => {
    expect(findingsWith({ location: "ash", serverType: "cpx12", allowAnyLocation: "true" })).toEqual([]);
  });
});

test("a misspelt setting is answered with the nearest known name", () => {
  const nearest = (name: string) => parseWith({ [name]: "x" }).findings[0]?.explanation;
  expect(nearest("adminCidr")).toContain("trading-bot-server:adminCidrs");
  expect(nearest("binance:apikey")).toContain("binance:apiKey");
  expect(nearest("binanc:apiSecret")).toContain("binance:apiSecret");
  expect(nearest("hcloud:tokn")).toContain("hcloud:token");
  expect(nearest("something:else")).toContain("The known names are");
});

test("no range is accepted that covers an address which no packet from the internet has", () => {
  const octet = fc.nat(255);
  fc.assert(
    fc.property(octet, octet, octet, octet, fc.nat(32), (a, b, c, d, prefix) => {
      const accepted = parseWith({ adminCidrs: `${a}.${b}.${c}.${d}/${prefix}` }).settings !== undefined;
      if (a === 10 || a === 127 || (a === 192 && b === 168) || prefix < 8) {
        expect(accepted).toBe(false);
      }
    }),
  );
});

test("no finding tells anything of a secret", () => {
  const damage = fc.constantFrom("", " ", "\n", '"', "\u200b", "é");
  fc.assert(
    fc.property(tokenPair, damage, fc.boolean(), (pair, inserted, plaintext) => {
      const { findings } = parseWith(
        {
          "hcloud:token": pair.apiKey.slice(1) + inserted,
          "binance:apiKey": pair.apiKey + inserted,
          "binance:apiSecret": inserted + pair.apiSecret,
          "binance:apisecret": pair.apiSecret,
        },
        plaintext ? ["binance:apiSecret", "binance:apiKey", "hcloud:token"] : [],
      );
      const said = JSON.stringify(findings);
      expect(leaks(said, pair.apiKey) || leaks(said, pair.apiSecret)).toBe(false);
    }),
  );
});

test("Pulumi.yaml describes every setting, with the same default", () => {
  const described = z
    .object({ config: z.record(z.string(), z.object({ description: z.string(), default: z.unknown() })) })
    .parse(parse(readFileSync("Pulumi.yaml", "utf8"))).config;
  expect(Object.keys(described).sort()).toEqual(Object.keys(ownSettings.shape).sort());
  const defaults = Object.fromEntries(
    Object.entries(described).map(([name, entry]) => [name, String(entry.default)]),
  );
  expect(ownSettings.parse(defaults)).toEqual(ownSettings.parse({}));
});
