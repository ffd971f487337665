import { describe, expect, test } from "@jest/globals";
import { checkBotSecrets } from "../../../../../components/settings/bot/checks/bot-secrets.ts";
import type { BotSettings } from "../../../../../components/settings/bot/settings.ts";
import { resolved } from "../support.ts";

function check(secrets: Record<string, string>, changes: Partial<BotSettings> = {}) {
  return checkBotSecrets({ ...resolved, ...changes, secrets });
}

test("secrets of any form are accepted", () => {
  const lines = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----";
  expect(check({ TELEGRAM_TOKEN: "123:abc", PIN: "0", HBOT_PASSWORD: "two words", KEY: lines })).toEqual([]);
});

describe("a name is refused", () => {
  test.each([
    ["LD_PRELOAD", "changes how programs are loaded"],
    ["PATH", "changes how programs are loaded"],
    ["HOME", "changes how programs are loaded"],
    ["PYTHONPATH", "changes how programs are loaded"],
    ["NODE_OPTIONS", "changes how programs are loaded"],
    ["JAVA_TOOL_OPTIONS", "changes how programs are loaded"],
    ["CREDENTIALS_DIRECTORY", "belongs to systemd"],
    ["NOTIFY_SOCKET", "belongs to systemd"],
    ["A-B", "is not a valid name of a variable"],
    ["1A", "is not a valid name of a variable"],
    ["BINANCE_API_SECRET", "is set, but bot.key puts the key there"],
  ])("%s, which %s", (name, problem) => {
    expect(check({ [name]: "the-secret" })).toEqual([
      expect.objectContaining({
        severity: "error",
        setting: `bot.secrets.${name}`,
        problem: expect.stringContaining(problem),
        command: `pulumi config rm --path bot.secrets.${name}`,
      }),
    ]);
  });

  test("that bot.environment sets as well", () => {
    expect(check({ TOKEN: "the-secret" }, { environment: { TOKEN: "x" } })).toMatchObject([
      { severity: "error", command: "pulumi config rm --path bot.environment.TOKEN" },
    ]);
  });
});

describe("a value", () => {
  test.each([
    ["error", "", "is empty"],
    ["error", " ", "is empty"],
    ["error", "a\0b", "contains a zero byte"],
    ["warning", "the-secret\n", "has white space or a line break around it"],
    ["warning", "aB3d".repeat(16), "looks like a key or a secret of Binance"],
  ])("%s: %j %s", (severity, value, problem) => {
    const findings = check({ TOKEN: value });
    expect(findings).toMatchObject([{ severity, setting: "bot.secrets.TOKEN", problem }]);
    expect(JSON.stringify(findings)).not.toMatch(/the-secret|aB3d/);
  });
});

test("secrets that no bot gets are a warning", () => {
  expect(check({ TOKEN: "the-secret" }, { command: [] })).toMatchObject([
    { severity: "warning", setting: "bot.secrets" },
  ]);
});
