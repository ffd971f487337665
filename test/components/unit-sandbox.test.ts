import { globSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { botFiles } from "../../components/trading-bot.ts";
import { unitSandbox } from "../../components/unit-sandbox.ts";

const rootfs = join(import.meta.dirname, "../../server/rootfs");

/** Files of server/rootfs/, by their path on the server. */
function sources(pattern: string): string[] {
  return globSync(pattern, { cwd: join(rootfs, "etc/systemd/system") })
    .map((path) => `/etc/systemd/system/${path}`)
    .toSorted();
}

test("the common sandbox and every unit's exceptions arrive together", () => {
  const delivered = unitSandbox().map(({ path }) => path);
  expect(delivered.toSorted()).toEqual(sources("*.d/{00,50}-sandbox.conf"));
});

test("every other drop-in of the bot's unit is delivered or removed", () => {
  const delivered = botFiles(undefined).flatMap(({ path }) => (path.includes(".service.d/") ? [path] : []));
  expect(delivered.toSorted()).toEqual(sources("trading-bot.service.d/[!5]*.conf"));
});
