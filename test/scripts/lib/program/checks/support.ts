import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "@jest/globals";
import type { DeployedBot } from "../../../../../scripts/lib/stack/deployed-bot.ts";

/** A bot with the settings of the preset freqtrade. */
export const freqtrade: DeployedBot = {
  command: ["{program}/.venv/bin/freqtrade", "trade", "--config", "{program}/config.json"],
  environment: {},
  profile: "strict",
  executableTmp: false,
  packages: [],
  hosts: [],
};

const folders = mkdtempSync(join(tmpdir(), "programs-"));

afterAll(() => {
  rmSync(folders, { recursive: true });
});

/** A folder with these files. */
export function folderWith(files: Record<string, string | Buffer>): string {
  const folder = mkdtempSync(join(folders, "program-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}
