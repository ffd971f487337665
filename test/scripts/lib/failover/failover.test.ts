import { describe, expect, test } from "@jest/globals";
import { refusal } from "../../../../scripts/lib/failover/fencing.ts";
import { ageText } from "../../../../scripts/lib/failover/from-backup.ts";
import { movedTo } from "../../../../scripts/lib/failover/moved-state.ts";
import { parseExported } from "../../../../scripts/lib/stack/exported-state.ts";
import { addressIn, parseStackState, serverIn } from "../../../../scripts/lib/stack/state.ts";
import { exportedState, resources } from "../../../support/stack-state.ts";

const { stack, address, standby, activeAddress, server } = resources;

describe("the state of a stack that leaves its server", () => {
  const before = parseExported(exportedState([stack, activeAddress, address, standby, server]));
  const after = parseStackState(JSON.stringify(movedTo(before, "standby")));

  test("has the other address, and no server: `pulumi up` makes one there and deletes none", () => {
    expect(addressIn(after)?.ipAddress).toBe("203.0.113.20");
    expect(serverIn(after)).toBeUndefined();
    expect(after.resources.find(({ urn }) => urn === server.urn)).toMatchObject({
      id: "1000001",
      pendingReplacement: true,
    });
  });

  test("is the same after a second time", () => {
    expect(movedTo(movedTo(before, "standby"), "standby")).toEqual(movedTo(before, "standby"));
  });

  test("of an older version is refused before anything is changed", () => {
    expect(() => movedTo(parseExported(exportedState([stack, address, server])), "standby")).toThrow(
      "Run `pulumi up`",
    );
  });
});

test("a fence that isn't confirmed: what is missing, and the commands to go on with a new key", () => {
  const text = refusal({
    isOff: false,
    isCutOff: true,
    problems: ["The server could not be powered off: x"],
  });
  expect(text).toContain("Hetzner doesn't confirm that the server is off.");
  expect(text).toContain("The server could not be powered off: x");
  expect(text.indexOf("delete the key")).toBeLessThan(text.indexOf("--new-key"));
});

test.each([
  ["2026-11-26T12:00:00+00:00", "0 min"],
  ["2026-11-26T09:55:00+00:00", "2 h 5 min"],
  ["2026-11-23T11:00:00+00:00", "3 d 1 h"],
])("the age of a backup of %s is shown as %s", (saved, shown) => {
  expect(ageText(saved, Date.parse("2026-11-26T12:00:00Z"))).toBe(shown);
});
