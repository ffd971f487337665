import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { parseJson } from "../../../../binance/json.ts";
import { renewFirstContact } from "../../../../scripts/lib/rotation/first-contact.ts";
import { keysIn, replaceFlags } from "../../../../scripts/lib/rotation/keys.ts";
import { type ExportedState, parseExported } from "../../../../scripts/lib/stack/exported-state.ts";
import { fromSecret } from "../../../../scripts/lib/stack/secret-value.ts";
import { bare, exportedState, newKeys } from "./state.ts";

const old = newKeys();
const made = newKeys();

/** What matters of a state: its secrets in plain text, JSON in them parsed, without the hash of user_data and discarded keys. */
function plain(state: ExportedState): unknown {
  return state.deployment.resources
    .filter((one) => one.delete !== true)
    .map(({ inputs = {}, outputs = {}, ...rest }) => ({
      ...rest,
      inputs: Object.entries(inputs).map(([name, value]) => [name, parsed(fromSecret(value))]),
      outputs: Object.entries(outputs)
        .filter(([name]) => name !== "userData")
        .map(([name, value]) => [name, parsed(fromSecret(value))]),
    }));
}

function parsed(value: unknown): unknown {
  return (typeof value === "string" ? parseJson(value.replace("#cloud-config\n", "")) : undefined) ?? value;
}

describe("what is used at the first contact with a new server", () => {
  test("gets the keys that the stack has now, and nothing else changes", () => {
    const edited = renewFirstContact(parseExported(exportedState(made, old)));
    expect(plain(edited)).toEqual(plain(parseExported(exportedState(made))));
  });

  test("has a hash of user_data in the server's outputs that fits to its inputs", () => {
    const edited = renewFirstContact(parseExported(exportedState(made, old)));
    const server = edited.deployment.resources.find(({ type }) => type === "hcloud:index/server:Server");
    const hash = createHash("sha1")
      .update(String(fromSecret(server?.inputs?.userData)))
      .digest("base64");
    expect(fromSecret(server?.outputs?.userData)).toBe(hash);
  });

  test("has none of the previous keys any more", () => {
    const edited = JSON.stringify(renewFirstContact(parseExported(exportedState(made, old))));
    for (const key of Object.values(old)) {
      expect(edited).not.toContain(key.privateKey.split("\n")[3]);
      expect(edited).not.toContain(bare(key).split(" ")[1]);
    }
  });

  test("is left as it is if it has the keys already", () => {
    const state = parseExported(exportedState(made));
    expect(JSON.stringify(renewFirstContact(state))).toBe(JSON.stringify(state));
  });

  test("loses the keys that were accepted during the replacement", () => {
    const during = exportedState(made).replace('\\"command\\":\\"adopt\\"', `\\"previous\\":{},$&`);
    const edited = JSON.stringify(renewFirstContact(parseExported(during)));
    expect(edited).not.toContain("previous");
  });

  test.each([
    ["user_data", "#cloud-config", "#!/bin/sh"],
    ["the connection", '"connection":', '"other":'],
    ["the adoption", '"stdin":', '"other":'],
  ])("%s of an unknown form is refused", (_, from, to) => {
    const changed = parseExported(exportedState(made, old).replaceAll(from, to));
    expect(() => renewFirstContact(changed)).toThrow("has another form than this version writes: urn:");
  });
});

describe("the keys in a state", () => {
  test("are those of the resources that aren't about to be deleted", () => {
    const keys = keysIn(parseExported(exportedState(made)));
    expect(keys.deploy).toMatchObject({ privateKey: made.deploy.privateKey, publicKey: bare(made.deploy) });
    expect(keys.host.publicKey).toBe(bare(made.host));
  });

  test("must be there", () => {
    const empty = JSON.stringify({ deployment: {} });
    expect(() => keysIn(parseExported(empty))).toThrow(
      "has no deploy-key. Run `pulumi up` with this version",
    );
    expect(() => parseExported("canary")).toThrow("something other than a stack's state");
    expect(() => parseExported("canary")).not.toThrow("canary");
  });

  test.each([
    ["both keys", true, true, ["deploy-key", "permanent-host-key", "initial-host-key"]],
    ["the deploy key", true, false, ["deploy-key"]],
    ["the host key, and with it the initial one", false, true, ["permanent-host-key", "initial-host-key"]],
    ["nothing that an earlier run has made again", false, false, []],
  ])("are made again: %s", (_, deploy, host, names) => {
    const flags = replaceFlags(keysIn(parseExported(exportedState(made))), {
      deployKey: (deploy ? made : old).deploy.privateKey,
      hostKey: bare((host ? made : old).host),
    });
    expect(flags.filter((flag) => flag !== "--replace").map((urn) => urn.split("::").at(-1))).toEqual(names);
  });
});
