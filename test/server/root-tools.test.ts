import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

const folder = join(import.meta.dirname, "root_tools");

// The tools are written in Python, and so are their tests: this runs each file of them as one test, several at once.
test.concurrent.each(readdirSync(folder).filter((name) => name.startsWith("test_")))(
  "%s passes",
  async (name) => {
    const { stderr } = await promisify(execFile)("python3", ["-B", join(folder, name)]);
    expect(stderr).toContain("OK");
  },
  // Minutes on a busy computer: this only ends one that hangs.
  1_800_000,
);
