import { describe, expect, test } from "@jest/globals";
import { accepted, parse, sound } from "../support.ts";

describe("the port of the bot's own page", () => {
  test.each([8080, "8080", 1024, 65_535])("may be %j", (ui) => {
    expect(accepted({ ...sound, ui }).ui).toBe(Number(ui));
  });

  test.each([80, 1023, 65_536, "http", -1, 8080.5])("can't be %j", (ui) => {
    const { bot, findings } = parse({ ...sound, ui });
    expect(bot).toBeUndefined();
    expect(findings).toEqual([
      expect.objectContaining({
        setting: "bot.ui",
        problem: "must be a whole number from 1024 to 65535",
        command: "pulumi config set --path bot.ui 8080",
      }),
    ]);
  });

  test("is of no use without a bot that this program starts", () => {
    const { findings } = parse({ preset: "none", ui: 8080 });
    expect(findings).toEqual([
      expect.objectContaining({ setting: "bot.ui", command: "pulumi config rm --path bot.ui" }),
    ]);
  });

  test("is none unless it is set", () => {
    expect(accepted(sound).ui).toBeUndefined();
  });
});
