import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { leaks } from "../../arbitraries.ts";
import { keyPair } from "../../support/fixtures.ts";
import { GuardWithStandIns } from "./guard-with-stand-ins.ts";
import { Installation } from "./installation.ts";

let guard: GuardWithStandIns;

beforeAll(async () => {
  guard = await GuardWithStandIns.start();
});

beforeEach(() => {
  guard.reset();
});

afterAll(() => {
  guard.stop();
});

describe("a broken setup stops no bot", () => {
  test.each([
    ["no key", "credentials/binance", "", "doesn't contain a key pair"],
    ["half a key", "credentials/binance", `{"apiKey":"${keyPair.apiKey}"`, "doesn't contain a key pair"],
    ["no settings", "configuration/guard.json", "{}", "`pulumi up --replace '**::guard'` writes it again"],
  ])("%s", async (_, name, content, expected) => {
    const other = new Installation([], guard.server.ports);
    try {
      other.setKeyPair(keyPair);
      other.write(name, content);
      const ended = await other.run("check");
      expect(ended.code).toBe(2);
      expect(ended.output).toContain(expected);
      expect(leaks(ended.output, keyPair.apiKey)).toBe(false);
    } finally {
      other.remove();
    }
  });

  test("a secret that can't sign", async () => {
    guard.server.setKeyPair({
      ...keyPair,
      apiSecret: "-----BEGIN PRIVATE KEY-----\nbad\n-----END PRIVATE KEY-----",
    });
    const { code, output } = await guard.run("check");
    expect(code).toBe(2);
    expect(output).toContain("can't sign");
  });

  test("a wrong command", async () => {
    expect((await guard.run("check", "now")).code).toBe(2);
    expect((await guard.run()).code).toBe(2);
    expect(await guard.run("--help")).toMatchObject({
      code: 0,
      output: expect.stringContaining("Usage: guard.mjs"),
    });
  });
});
