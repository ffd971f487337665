import { expect, test } from "@jest/globals";
import { runWithFaults, withKills } from "./root-tool-faults.ts";

// The campaign has all of them. Here, because strace needs root.
test.each(withKills)("%s: a few system calls fail, or are the tool's last", async (file) => {
  expect(await runWithFaults(file, "sample")).toContain("OK");
});
