import { expect, test } from "@jest/globals";
import { runWithFaults, withKills } from "./root-tool-faults.ts";

test.each(withKills)(
  "%s: each system call that changes a file fails, or is the tool's last",
  async (file) => {
    expect(await runWithFaults(file, "all")).toContain("OK");
  },
  1_800_000,
);
