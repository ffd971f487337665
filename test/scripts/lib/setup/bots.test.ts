import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import * as z from "zod";
import { parseBot } from "../../../../components/settings/bot/bot.ts";
import { botNames, bots, needsEd25519, programOf } from "../../../../scripts/lib/setup/bots.ts";

/** The setting `bot`, as Pulumi has it after each part was set. */
function settingOf(settings: Record<string, string>): string {
  return JSON.stringify(
    Object.entries(settings).reduce(
      (bot, [path, value]) => withPart(bot, path.split(".").slice(1), value),
      {},
    ),
  );
}

const part = z.record(z.string(), z.unknown()).catch({});

function withPart(whole: unknown, [name = "", ...rest]: string[], value: string): object {
  const parts = part.parse(whole);
  return { ...parts, [name]: rest.length === 0 ? value : withPart(parts[name], rest, value) };
}

test.each(botNames.filter((name) => name !== "later"))("`pulumi up` accepts the settings of %s", (name) => {
  const { bot, findings } = parseBot(settingOf(bots[name].settings), {
    encrypted: [],
    keyPair: undefined,
    demoKeyPair: undefined,
    isDemoKeySet: false,
  });
  expect(findings).toEqual([]);
  expect(bot?.mode).toBe(name === "freqtrade-paper" ? "paper" : "live");
});

test("an example's program is known without a question; nothing is suggested for real money", () => {
  const program = (name: keyof typeof bots) => programOf(settingOf(bots[name].settings));
  expect(program("example")).toMatchObject({ program: "examples/test-order-bot" });
  expect(program("freqtrade-paper")).toMatchObject({ suggestion: "examples/freqtrade" });
  expect(program("freqtrade")).toEqual({});
  expect(programOf("")).toEqual({});
  expect(existsSync("examples/test-order-bot/bot.py") && existsSync("examples/freqtrade")).toBe(true);
});

test("the example's settings are those of its README", () => {
  const readme = readFileSync("examples/test-order-bot/README.md", "utf8");
  for (const [path, value] of Object.entries(bots.example.settings)) {
    expect(readme).toMatch(new RegExp(`--path ${path} "?${value.replaceAll(/[{}./]/g, "\\$&")}"?`));
  }
});

test("NautilusTrader's key comes from a file, because it has several lines", () => {
  expect(needsEd25519('{"preset":"nautilus-trader"}')).toBe(true);
  expect(needsEd25519('{"preset":"freqtrade"}')).toBe(false);
  expect(needsEd25519("")).toBe(false);
});
