import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const folder = "server/rootfs/etc/systemd/system";

/** What comes after guard.mjs in the units' commands, such as `check` or `report "…"`. */
const commands = readdirSync(folder)
  .filter((name) => name.endsWith(".service"))
  .flatMap((name) => [
    ...readFileSync(join(folder, name), "utf8").matchAll(/^Exec\w+=.*\/guard\.mjs (.*)$/gm),
  ])
  .map(([, command = ""]) => command);

test("the units call the guard only with commands that it knows", () => {
  expect(commands).toContain("check");
  expect(commands.length).toBeGreaterThan(1);
  for (const command of commands) {
    expect(command).toMatch(/^(check$|left-open$|send$|heartbeat$|report "[^"]{20,}"$)/);
  }
});
