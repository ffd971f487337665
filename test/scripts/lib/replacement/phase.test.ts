import { describe, expect, test } from "@jest/globals";
import { lossOf } from "../../../../scripts/lib/replacement/discarding.ts";
import { awaitsState, phaseOf } from "../../../../scripts/lib/replacement/phase.ts";
import { oldId, openJournal, savedState } from "./support.ts";

const newId = 2000002;
const otherId = 3000003;

const begun = openJournal({});
const saved = openJournal({ savedState });
const restored = openJournal({ savedState, restoredOn: newId });
const withoutState = openJournal({ withoutState: true });

describe("what is done next", () => {
  test.each([
    ["nothing is saved, and the old server is there", begun, oldId, "save"],
    ["nothing is saved, and there is another server", begun, newId, "lost"],
    ["nothing is saved, and there is no server", begun, undefined, "lost"],
    ["the state is saved, and the old server is there", saved, oldId, "replace"],
    ["the state is saved, and there is no server", saved, undefined, "order"],
    ["the state is saved, and there is a new server", saved, newId, "restore"],
    ["the state is restored", restored, newId, "start"],
    ["the state is restored, and that server was deleted", restored, undefined, "order"],
    ["the state is restored, and that server was replaced", restored, otherId, "restore"],
    ["without its state, the old server is there", withoutState, oldId, "replace"],
    ["without its state, there is no server", withoutState, undefined, "order"],
    ["without its state, there is a new server", withoutState, newId, "start"],
  ])("if %s", (_, journal, serverId, phase) => {
    expect(phaseOf(journal, serverId)).toBe(phase);
  });
});

describe("a server's bot is held when `pulumi up` makes the server", () => {
  test.each([
    ["no replacement is open", undefined, newId, false],
    ["a saved state isn't restored there yet", saved, newId, true],
    ["it was restored on another server, which is gone", restored, otherId, true],
    ["the state is restored there", restored, newId, false],
    ["it is the old server, which `npm run replace` holds", saved, oldId, false],
    ["nothing was saved", withoutState, newId, false],
  ])("if %s", (_, journal, serverId, isHeld) => {
    expect(awaitsState(journal, serverId)).toBe(isHeld);
  });
});

describe("what giving up loses", () => {
  test.each([
    ["the old server is there", saved, oldId, undefined],
    ["nothing was saved", begun, newId, undefined],
    ["the state is restored", restored, newId, undefined],
    ["the state isn't restored", saved, newId, "The bot starts on the new server without the saved state."],
    ["there is no server", restored, undefined, "The next `pulumi up` makes one"],
  ])("if %s", (_, journal, serverId, loss) => {
    const text = lossOf(journal, serverId);
    if (loss === undefined) {
      expect(text).toBeUndefined();
    } else {
      expect(text).toContain(loss);
    }
  });
});
