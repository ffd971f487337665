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
