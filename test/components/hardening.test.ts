import { expect, test } from "@jest/globals";
import { filled } from "../../components/commands/file-delivery.ts";
import { updates } from "../../components/hardening.ts";

function content(rebootTime: string): string {
  return updates(rebootTime)
    .map((file) => file.content)
    .join("\n");
}

test("a reboot that an update needs happens at the time of the setting", () => {
  expect(content("03:30")).toContain('Automatic-Reboot "true";');
  expect(content("03:30")).toContain('Automatic-Reboot-Time "03:30";');
});

test("with never, no update reboots the server", () => {
  expect(content("never")).toContain('Automatic-Reboot "false";');
});

test("a placeholder without a value and a value without a placeholder are mistakes of ours, and found", () => {
  expect(filled("a @one@ b", { one: "1" })).toBe("a 1 b");
  expect(() => filled("a @one@ b", {})).toThrow("no value for @one@");
  expect(() => filled("a", { one: "1" })).toThrow("no place for one");
});
