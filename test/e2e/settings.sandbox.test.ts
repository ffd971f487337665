import { beforeAll, describe, expect, test } from "@jest/globals";
import { canaryPair } from "./canary.ts";
import { hetzner } from "./hetzner.ts";
import { Stack } from "./stack.ts";

const pair = canaryPair();
let stack: Stack;

beforeAll(async () => {
  stack = await Stack.ready("settings", { previews: true });
});

/** Runs `up` with these settings added to good ones, and removes them again. */
async function upWith(
  settings: Record<string, string>,
): Promise<{ output: string; code: number; requests: unknown[] }> {
  const secrets = ["hcloud:token", "binance:apiKey", "binance:apiSecret", "webhook", "heartbeat"];
  for (const [name, value] of Object.entries(settings)) {
    await (secrets.includes(name) ? stack.setSecret(name, value) : stack.set(name, value));
  }
  const { result, requests } = await hetzner.during(() => stack.up());
  for (const name of Object.keys(settings)) {
    await stack.unset(name);
  }
  return { output: result.stdout + result.stderr, code: result.code, requests };
}

describe("a bad setting ends `pulumi up` with its message, before any request to Hetzner", () => {
  test.each<[string, Record<string, string>, string[]]>([
    [
      "a token that was cut off",
      { "hcloud:token": pair.apiKey.slice(1) },
      ["hcloud:token has 63 characters"],
    ],
    ["no address that may reach SSH", { adminCidrs: "" }, ["adminCidrs is missing"]],
    [
      "SSH open to everybody",
      { adminCidrs: "0.0.0.0/0" },
      ["opens SSH to the world", "allowSshFromAnywhere"],
    ],
    ["a malformed range", { adminCidrs: "198.51.100.10" }, ["has no prefix length", "198.51.100.10/32"]],
    ["half a pair", { "binance:apiKey": pair.apiKey }, ["binance:apiSecret is missing"]],
    [
      "a space in front",
      { "binance:apiKey": pair.apiKey, "binance:apiSecret": ` ${pair.apiSecret}` },
      ["starts with white space"],
    ],
    [
      "an invisible character",
      { "binance:apiKey": pair.apiKey, "binance:apiSecret": `${pair.apiSecret}\u200b` },
      ["U+200B"],
    ],
    [
      "the same value twice",
      { "binance:apiKey": pair.apiKey, "binance:apiSecret": pair.apiKey },
      ["is the same as the API key"],
    ],
    [
      "a place where Binance refuses customers",
      { location: "ash", serverType: "cpx12" },
      ["where Binance refuses customers"],
    ],
    [
      "a misspelt name",
      { adminCidr: "198.51.100.10/32" },
      ["is not a setting of this program", "The nearest known name is adminCidrs."],
    ],
    [
      "several at once",
      {
        location: "hil",
        serverType: "cpx12",
        "binance:apiKey": `"${pair.apiKey}"`,
        "binance:apiSecret": pair.apiSecret,
        adminCidrs: "home",
      },
      ["have 3 problems", "1. ", "2. ", "3. ", "quotes"],
    ],
  ])("%s", async (_, settings, messages) => {
    const { output, code, requests } = await upWith(settings);
    // Set removed settings again: the next case starts from good settings.
    if ("hcloud:token" in settings) {
      await stack.setSecret("hcloud:token", process.env.HCLOUD_TOKEN ?? "");
    }
    if ("adminCidrs" in settings) {
      await stack.set("adminCidrs", "198.51.100.10/32");
    }
    expect(code).not.toBe(0);
    for (const message of messages) {
      expect(output).toContain(message);
    }
    expect(requests).toEqual([]);
    expect(output).not.toContain("    at ");
    expect(output).not.toContain(pair.apiKey.slice(6, 20));
    expect(output).not.toContain(pair.apiSecret.slice(6, 20));
  });

  test("a pair in plaintext", async () => {
    await stack.set("binance:apiKey", pair.apiKey);
    const { output, code } = await upWith({ "binance:apiSecret": pair.apiSecret });
    await stack.unset("binance:apiKey");
    expect(code).not.toBe(0);
    expect(output).toContain("binance:apiKey is stored in plaintext");
  });
});
