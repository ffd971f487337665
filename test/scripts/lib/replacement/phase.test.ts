import { describe, expect, test } from "@jest/globals";
import { lossOf } from "../../../../scripts/lib/replacement/discarding.ts";
import { awaitsState, nextGeneration, phaseOf } from "../../../../scripts/lib/replacement/phase.ts";
import { oldId as id, openJournal, rebuild, savedState } from "./support.ts";

const oldId = String(id);
const newId = "2000002";
const otherId = "3000003";
const rebuiltId = rebuild.generation;

const begun = openJournal({});
const saved = openJournal({ savedState });
const restored = openJournal({ savedState, restoredOn: newId });
const withoutState = openJournal({ withoutState: true });

const rebuilding = openJournal({ savedState, rebuild });
const rebuilt = openJournal({ savedState, rebuild: { ...rebuild, isDone: true } });
const rebuiltAndRestored = { ...rebuilt, restoredOn: rebuiltId };

describe("what is done next", () => {
  test.each([
    ["nothing is saved, and the old server is there", begun, oldId, "save"],
    ["nothing is saved, and there is another server", begun, newId, "lost"],
    ["nothing is saved, and there is no server", begun, undefined, "lost"],
    ["the state is saved, and the old server is there", saved, oldId, "renew"],
    ["the state is saved, and there is no server", saved, undefined, "order"],
    ["the state is saved, and there is a new server", saved, newId, "restore"],
    ["the state is restored", restored, newId, "start"],
    ["the state is restored, and that server was deleted", restored, undefined, "order"],
    ["the state is restored, and that server was replaced", restored, otherId, "restore"],
    ["without its state, the old server is there", withoutState, oldId, "renew"],
    ["without its state, there is no server", withoutState, undefined, "order"],
    ["without its state, there is a new server", withoutState, newId, "start"],
    [
      "a server that was rebuilt is replaced, and is there",
      openJournal({ replaced: rebuiltId, savedState }),
      rebuiltId,
      "renew",
    ],
    ["the state is saved for a rebuild", rebuilding, oldId, "renew"],
    ["the stack's state has the fresh system, and Hetzner may not", rebuilding, rebuiltId, "renew"],
    ["Hetzner has rebuilt the server", rebuilt, rebuiltId, "restore"],
    ["the state is restored on the rebuilt server", rebuiltAndRestored, rebuiltId, "start"],
    ["the server was deleted during a rebuild", rebuilding, undefined, "order"],
    [
      "a rebuild is given up for another server, which isn't there yet",
      openJournal({ savedState }),
      rebuiltId,
      "renew",
    ],
  ])("if %s", (_, journal, generation, phase) => {
    expect(phaseOf(journal, generation)).toBe(phase);
  });
});

test.each([
  ["1000001", "1000001-1"],
  ["1000001-1", "1000001-2"],
  ["1000001-9", "1000001-10"],
])("the generation after %s is %s", (generation, next) => {
  expect(nextGeneration(generation)).toBe(next);
});

describe("a server's bot is held when `pulumi up` sets the server up", () => {
  test.each([
    ["no replacement is open", undefined, newId, false],
    ["a saved state isn't restored there yet", saved, newId, true],
    ["it was restored on another server, which is gone", restored, otherId, true],
    ["the state is restored there", restored, newId, false],
    ["it is the old server, which `npm run replace` holds", saved, oldId, false],
    ["nothing was saved", withoutState, newId, false],
    ["it has a fresh system, without its state", rebuilding, rebuiltId, true],
    ["it has a fresh system, with its state", rebuiltAndRestored, rebuiltId, false],
  ])("if %s", (_, journal, generation, isHeld) => {
    expect(awaitsState(journal, generation)).toBe(isHeld);
  });
});

describe("what giving up loses", () => {
  test.each([
    ["the old server is there", saved, oldId, undefined],
    ["nothing was saved", begun, newId, undefined],
    ["the state is restored", restored, newId, undefined],
    ["the state isn't restored", saved, newId, "The bot starts on the fresh system without the saved state."],
    ["there is no server", restored, undefined, "The next `pulumi up` makes one"],
  ])("if %s", (_, journal, generation, loss) => {
    const text = lossOf(journal, generation);
    if (loss === undefined) {
      expect(text).toBeUndefined();
    } else {
      expect(text).toContain(loss);
    }
  });
});
