import { expect, test } from "@jest/globals";
import { problemsOfMove } from "../../hetzner/move.ts";
import { situation, wanted } from "./fixtures.ts";

const address = { addressLocation: "fsn1", addressIp: "203.0.113.10" };

test("a location setting that the address isn't in is refused, with how to stay and how to move", () => {
  const [problem, ...others] = problemsOfMove(
    situation({ ...address, wanted: { ...wanted, location: "hel1" } }),
  );
  expect(others).toEqual([]);
  expect(problem).toContain("the address 203.0.113.10 is in fsn1, and an address can't move");
  expect(problem).toContain("pulumi config set location fsn1");
  expect(problem).toContain("npm run move -- hel1");
});

test.each([
  ["the setting is left out", { ...address, wanted }],
  ["it is the address's own", { ...address, wanted: { ...wanted, location: "fsn1" } }],
  ["there is no address yet", { wanted: { ...wanted, location: "hel1" } }],
  [
    "the address is deleted first",
    { ...address, wanted: { ...wanted, location: "hel1", replaces: "server-and-address" as const } },
  ],
])("nothing is refused if %s", (_, given) => {
  expect(problemsOfMove(situation(given))).toEqual([]);
});
