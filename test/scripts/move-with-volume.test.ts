import { expect, test } from "@jest/globals";
import { exportedState, resources } from "../support/stack-state.ts";
import { computer, options } from "./replacement.ts";

const { address, server, volume } = resources;
const withoutKey = { ...resources.stack, outputs: { liveKeyPair: "none" } };

function changes(): string[] {
  return computer.calls.filter((call) => !/^pulumi (config --json|stack export)/.test(call));
}

test("a move of a stack with a volume says what is deleted, what is ordered, and how to keep the bot's state", async () => {
  computer.setState(exportedState([withoutKey, address, server, volume]));
  const { code, stdout } = await computer.run("move.ts", ["nbg1"], options());
  // Nobody can be asked.
  expect([code, changes()]).toEqual([2, []]);
  expect(stdout).toContain(
    "This deletes the address 203.0.113.10 in fsn1, the server trading-bot-prod with its disk and the volume trading-bot-prod in fsn1 with the bot's state",
  );
  expect(stdout).toContain("npm run backup -- FILE");
  expect(stdout).toContain("npm run restore -- FILE");
  expect(stdout).toContain("a volume of 10 GB for the bot's state");
});

test("what a move has left of a volume is deleted by the next one, which then orders both at the new location", async () => {
  computer.setState(exportedState([withoutKey, volume]));
  const { code, stdout } = await computer.run("move.ts", ["nbg1"], options());
  expect([code, changes()]).toEqual([2, []]);
  expect(stdout).toContain("This deletes the volume trading-bot-prod in fsn1");
  expect(stdout).not.toContain("Another customer");
});
