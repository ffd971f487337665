import { expect, test } from "@jest/globals";
import { updates } from "../../components/hardening-files.ts";

function content(rebootTime: string): string {
  return updates(rebootTime)
    .map((file) => file.content)
    .join("\n");
}

test("a reboot that an update needs happens at the configured time", () => {
  expect(content("03:30")).toContain('Automatic-Reboot "true";');
  expect(content("03:30")).toContain('Automatic-Reboot-Time "03:30";');
});

test("with never, no update reboots the server", () => {
  expect(content("never")).toContain('Automatic-Reboot "false";');
});

test("a bot that needs it is restarted for updates at the same time, and with never it isn't", () => {
  const window = (rebootTime: string) =>
    updates(rebootTime).find(({ path }) => path === "/etc/trading-bot/update-window")?.content;
  expect(content("04:15")).toContain("OnCalendar=*-*-* 04:15:00 UTC");
  expect(window("04:15")).toBe("04:15\n");
  expect(window("never")).toBeNull();
});
