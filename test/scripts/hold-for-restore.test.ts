import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "@jest/globals";
import { writeJournal } from "../../scripts/lib/replacement/journal.ts";
import { outputs, server } from "../support/fixtures.ts";
import { oldId, openJournal, savedState } from "./lib/replacement/support.ts";
import { OperatorComputer } from "./operator-computer.ts";

const newSystem = "2000002";
const rebuilt = `${oldId}-1`;
const computer = new OperatorComputer(outputs);
const folder = join(computer.folder, "saved-state/prod");

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  computer.addServerProgram("bot-state", 'echo "bot-state $*" >> "$FOLDER/calls"');
});

afterAll(() => {
  computer.remove();
});

/** What `pulumi up` does for a server that it has made. */
function step(generation: string) {
  return computer.run("hold-for-restore.ts", [], {
    input: JSON.stringify({ server, generation, stack: "prod" }),
  });
}

test("if no replacement is open, the server isn't contacted", async () => {
  expect(await step(newSystem)).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(computer.calls).toEqual([]);
});

test.each([newSystem, rebuilt])(
  "if a saved state isn't restored yet, the bot of the fresh system %s is held",
  async (generation) => {
    writeJournal(folder, openJournal({ savedState }));
    expect(await step(generation)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(computer.calls.at(-1)).toBe("bot-state hold");
  },
);

test("the old server, and one on which the state was restored, aren't contacted", async () => {
  writeJournal(folder, openJournal({ savedState, restoredOn: newSystem }));
  for (const generation of [String(oldId), newSystem]) {
    expect(await step(generation)).toMatchObject({ code: 0 });
    expect(computer.calls).toEqual([]);
  }
});

test("a bot that can't be held ends `pulumi up`, before its key is installed", async () => {
  writeJournal(folder, openJournal({ savedState }));
  computer.addServerProgram("bot-state", "echo the disk is full >&2; exit 1");
  expect(await step(newSystem)).toEqual({
    code: 2,
    stdout: "",
    stderr: "The bot could not be stopped. The server reported:\nthe disk is full\n",
  });
});
