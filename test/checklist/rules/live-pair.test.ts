import { expect, test } from "@jest/globals";
import { findAnotherLivePair } from "../../../checklist/rules/live-pair.ts";

const pair = "0123456789ab";

test.each([[pair], [undefined]])(
  "the pair that is checked isn't another one if the server has %s",
  (onServer) => {
    expect(findAnotherLivePair(pair, onServer)).toBeUndefined();
  },
);

test("a live pair that isn't the one of the settings was not checked, and the remedy works after a roll-back", () => {
  const found = findAnotherLivePair(pair, "ba9876543210");
  expect(found).toMatchObject({ id: "live-pair", verdict: "unknown" });
  expect(found?.detail).toBe(
    `The server's live key pair is ba9876543210. It was not checked: the pair of the settings is ${pair}.`,
  );
  expect(found?.remedy).toContain("pulumi up --replace '**::key-pair'");
});

test("a server without a pair gets one by `pulumi up`", () => {
  expect(findAnotherLivePair(pair, "none")).toMatchObject({
    verdict: "unknown",
    detail: "The server has no key pair.",
    remedy: "Install it: `pulumi up`",
  });
});
