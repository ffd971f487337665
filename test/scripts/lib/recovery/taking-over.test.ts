import { expect, test } from "@jest/globals";
import * as z from "zod";
import { withNewKeys } from "../../../../scripts/lib/recovery/key-records.ts";
import { asOrdered } from "../../../../scripts/lib/recovery/server-import.ts";
import { keysIn } from "../../../../scripts/lib/rotation/keys.ts";
import { parseExported } from "../../../../scripts/lib/stack/exported-state.ts";
import { fromSecret } from "../../../../scripts/lib/stack/secret-value.ts";
import { resources } from "../../../support/stack-state.ts";

const { stack, address, server } = resources;
const prefix = "urn:pulumi:prod::trading-bot-server";

/** A state with these resources. */
function stateOf(...made: object[]) {
  return parseExported(JSON.stringify({ version: 3, deployment: { resources: made } }));
}

test("a state that has lost its keys gets new ones, each after its parent and its provider", () => {
  const state = withNewKeys(stateOf(stack, address), prefix);
  const { deploy, initialHost, host } = keysIn(state);
  expect(new Set([deploy, initialHost, host].map(({ publicKey }) => publicKey)).size).toBe(3);
  const urns = state.deployment.resources.map(({ urn }) => urn);
  const references = z.looseObject({ parent: z.string().optional(), provider: z.string().optional() });
  const before = urns.slice(0, urns.indexOf(deploy.urn));
  for (const { parent, provider } of z.array(references).parse(state.deployment.resources.slice(2))) {
    expect(parent === undefined || urns.includes(parent)).toBe(true);
    expect(provider === undefined || before.some((urn) => provider.startsWith(`${urn}::`))).toBe(true);
  }
});

test("the keys are secrets in the state", () => {
  const { deployment } = withNewKeys(stateOf(stack, address), prefix);
  const commands = deployment.resources.filter(({ type }) => type === "command:local:Command");
  expect(commands).toHaveLength(3);
  for (const { outputs } of commands) {
    expect(outputs?.stdout).not.toEqual(expect.any(String));
    expect(fromSecret(outputs?.stdout)).toContain("BEGIN OPENSSH PRIVATE KEY");
  }
});

test("an imported server is in the state as if it had been ordered there: with its address and its user_data", () => {
  const imported = {
    ...server,
    inputs: { __defaults: [], name: "trading-bot-prod", keepDisk: null, labels: { __defaults: [], a: "b" } },
    outputs: {},
  };
  const state = withNewKeys(stateOf(stack, address, imported), prefix);
  const keys = keysIn(state);
  const ordered = asOrdered(state, keys, "203.0.113.10").deployment.resources.find(
    ({ urn }) => urn === server.urn,
  );
  expect(ordered?.inputs).toMatchObject({
    name: "trading-bot-prod",
    keepDisk: true,
    shutdownBeforeDeletion: true,
    publicNets: [{ ipv4Enabled: true, ipv4: 20000001, ipv6Enabled: false }],
  });
  expect(fromSecret(ordered?.inputs?.userData)).toContain(keys.deploy.publicKey);
  expect(ordered?.outputs).toMatchObject({
    labels: { a: "b" },
    publicNets: [{ ipv4Enabled: true, ipv4: 20000001, ipv6Enabled: false }],
  });
  // The provider takes it for a label.
  expect(JSON.stringify(ordered?.outputs)).not.toContain("__defaults");
});
