import { describe, expect, test } from "@jest/globals";
import { encryptedParts } from "../../../../components/settings/bot/encrypted-parts.ts";

const project = "trading-bot-server";

describe("the stack's file says which parts of bot are stored encrypted:", () => {
  test.each([
    ["none", "\n    preset: freqtrade\n    hosts: [a.example.net]", []],
    [
      "secrets",
      "\n    preset: none\n    secrets:\n      TOKEN:\n        secure: v1:abc=\n      PIN: 1234",
      ["secrets.TOKEN"],
    ],
    ["an entry of a list", "\n    hosts:\n    - secure: v1:abc=", ["hosts.0"]],
    ["all of it", "\n    secure: v1:abc=", [""]],
  ])("%s", (_, bot, parts) => {
    for (const name of [`${project}:bot`, "bot"]) {
      const text = `encryptionsalt: v1:x\nconfig:\n  hcloud:token:\n    secure: v1:xyz=\n  ${name}:${bot}\n`;
      expect(encryptedParts(text, project)).toEqual(parts);
    }
  });
});

test.each(["", "config:", "config: {}", "\tconfig: {", "config: {other:bot: {secure: v1}}"])(
  "a file without bot says nothing: %j",
  (text) => {
    expect(encryptedParts(text, project)).toBeUndefined();
  },
);
