import { describe, expect, test } from "@jest/globals";
import { testUpgrade, versions } from "./upgrade.ts";

// The current version takes over a stack that the previous version made. upgrade.campaign.test.ts begins with the
// versions before that; test/upgrade/README.md says how to add a version.

test("all released versions are among the earlier versions", () => {
  expect(versions).toEqual(
    expect.arrayContaining(["0.1.0", "0.2.0", "0.3.0", "0.4.0", "0.5.0", "0.6.0", "0.7.0"]),
  );
});

describe.each(versions.slice(-1))("a stack made by version %s", testUpgrade);
