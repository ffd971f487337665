import { describe, expect, test } from "@jest/globals";
import { userDataIn, withInitialHostKey, withSystem } from "../../../../scripts/lib/rebuild/fresh-system.ts";
import { keysIn } from "../../../../scripts/lib/rotation/keys.ts";
import { generateKeyPair } from "../../../../scripts/lib/ssh/key.ts";
import { parseExported } from "../../../../scripts/lib/stack/exported-state.ts";
import { parseStackState, serverIn } from "../../../../scripts/lib/stack/state.ts";
import { bare, exportedState, newKeys } from "../rotation/state.ts";

const keys = newKeys();
const state = parseExported(exportedState(keys));
const next = { generation: "1000001-1", image: "debian-14" };

describe("a stack whose server is rebuilt", () => {
  test("has another generation and image, and nothing else has changed", () => {
    const renewed = withSystem(state, next);
    expect(serverIn(parseStackState(JSON.stringify(renewed)))).toMatchObject(next);
    expect(withSystem(renewed, { generation: "1000001", image: "debian-13" })).toEqual(state);
  });

  test("of an older version is refused", () => {
    const resources = state.deployment.resources.filter(({ type }) => type !== "pulumi:index:Stash");
    expect(() => withSystem({ deployment: { resources } }, next)).toThrow(
      "Run `pulumi up`, and then this again.",
    );
  });

  test("has another initial host key in all that is used at the first contact, and its deploy key stays", () => {
    const initial = generateKeyPair("initial-host-key");
    const renewed = withInitialHostKey(state, initial);
    expect(keysIn(renewed)).toMatchObject({
      deploy: { privateKey: keys.deploy.privateKey },
      host: { privateKey: keys.host.privateKey },
      initialHost: { privateKey: initial.privateKey },
    });
    const userData = userDataIn(renewed);
    expect(userData).toContain(JSON.stringify(initial.privateKey));
    expect(userData).toContain(bare(keys.deploy));
    expect(userData).not.toContain(bare(keys.initialHost));
    expect(JSON.stringify(renewed)).not.toContain(bare(keys.initialHost));
  });
});
