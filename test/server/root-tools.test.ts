import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const folder = join(import.meta.dirname, "root_tools");

// The tools are written in Python, and so are their tests: this runs each file of them as one test.
test.each(readdirSync(folder).filter((name) => name.startsWith("test_")))("%s passes", (name) => {
  const { status, stderr } = spawnSync("python3", ["-B", join(folder, name)], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining("OK") });
});
