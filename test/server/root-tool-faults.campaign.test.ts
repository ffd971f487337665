import { expect, test } from "@jest/globals";
import { runAllSteps, runWithFaults, runWithKills, withKills, withRaces } from "./root-tool-faults.ts";

test.each(withKills)(
  "%s: each system call that changes a file fails, or is the tool's last",
  async (file) => {
    expect(await runWithFaults(file, "all")).toContain("OK");
  },
  1_800_000,
);

test.each(withKills)(
  "%s: a tool is killed before each of its steps",
  async (file) => {
    expect(await runWithKills(file)).toContain("OK");
  },
  1_800_000,
);

test.each(withRaces)(
  "%s: whatever happens meanwhile happens before each step",
  async (file) => {
    expect(await runAllSteps(file)).toContain("OK");
  },
  1_800_000,
);
