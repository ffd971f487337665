import { expect, test } from "@jest/globals";
import { forStack } from "../../../../scripts/lib/command/for-stack.ts";
import { noRoomOn } from "../../../../scripts/lib/failover/room.ts";

const volume = { name: "trading-bot-prod", size: 10 };
const gibibytes = (number: number): number => number * 2 ** 30;

test("a state moves back to its volume if that has room for it and for what was left there", () => {
  expect(noRoomOn(volume, 0)).toBeUndefined();
  expect(noRoomOn(volume, gibibytes(4.2))).toBeUndefined();
});

test("a volume without room for both is to be made larger before the bot is stopped", () => {
  const problem = noRoomOn(volume, gibibytes(5)) ?? "";
  expect(problem).toContain("The volume trading-bot-prod has 10 GB.");
  expect(problem).toContain("the state takes 5.0 GB");
  expect(problem).toContain("nothing was changed");
  const commands = forStack(problem, "prod");
  expect(commands).toContain("pulumi config set stateVolume 12 --stack prod");
  expect(commands).toContain("npm run failover -- --back --stack prod");
  // That is enough.
  expect(noRoomOn({ ...volume, size: 12 }, gibibytes(5))).toBeUndefined();
});
