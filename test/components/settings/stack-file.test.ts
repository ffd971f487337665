import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";

test("Pulumi.prod.yaml never changes", () => {
  // The user's settings are written to this file. If a new version changed it, `git pull` would conflict with them. So
  // don't record another hash here: change docs/settings.md instead.
  const hash = createHash("sha256").update(readFileSync("Pulumi.prod.yaml")).digest("hex");
  expect(hash).toBe("184da489ed465c8fabebafece6c7b452dc99e5bf32a405deefc493a89f220d7c");
});
