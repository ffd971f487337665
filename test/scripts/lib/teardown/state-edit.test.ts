import { expect, test } from "@jest/globals";
import { UserError } from "../../../../scripts/lib/command/user-error.ts";
import { prepareState, withHooks } from "../../../../scripts/lib/teardown/state-edit.ts";
import { exportedState, resources } from "../../../support/stack-state.ts";

const token = "the-token-of-today";
const hooks = { BeforeDelete: ["The address is protected at Hetzner."] };
const provider = {
  urn: "urn:pulumi:prod::trading-bot-server::pulumi:providers:hcloud::default",
  type: "pulumi:providers:hcloud",
  inputs: { token: "old", version: "1.41.0" },
  outputs: { token: "old", version: "1.41.0" },
};
const withoutHooks = { ...resources.address, sourcePosition: "project:///there" };
const address = { ...withoutHooks, resourceHooks: hooks };
const state = exportedState([resources.stack, provider, address, resources.server]);

function parsed(json: string | undefined): unknown {
  return JSON.parse(json ?? "null");
}

test("hooks are removed, the provider gets the token, and everything else stays as it is", () => {
  const { edited } = prepareState(state, token);
  const secret = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    plaintext: JSON.stringify(token),
  };
  const newProvider = {
    ...provider,
    inputs: { ...provider.inputs, token: secret },
    outputs: { ...provider.outputs, token: secret },
  };
  expect(parsed(edited)).toEqual(
    parsed(exportedState([resources.stack, newProvider, withoutHooks, resources.server])),
  );
});

test("the hooks of what is left are restored", () => {
  const prepared = prepareState(state, token);
  const left = exportedState([resources.stack, resources.address]);
  expect(parsed(withHooks(left, prepared.hooks))).toEqual(
    parsed(exportedState([resources.stack, { ...resources.address, resourceHooks: hooks }])),
  );
});

test("nothing is restored if nothing is left, or nothing had a hook", () => {
  const { hooks: removed } = prepareState(state, token);
  expect(withHooks(exportedState([]), removed)).toBeUndefined();
  expect(withHooks('{"version":3,"deployment":{"manifest":{}}}', removed)).toBeUndefined();
  expect(withHooks(state, prepareState(exportedState([resources.server]), token).hooks)).toBeUndefined();
});

test("text that isn't a state is refused, and not shown", () => {
  expect(() => prepareState("canary", token)).toThrow(UserError);
  expect(() => prepareState("canary", token)).not.toThrow("canary");
});
