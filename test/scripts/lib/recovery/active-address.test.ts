import { expect, test } from "@jest/globals";
import { withActiveAddress } from "../../../../scripts/lib/recovery/active-address.ts";
import { parseExported } from "../../../../scripts/lib/stack/exported-state.ts";
import { activeAddressIn, addressIn, parseStackState } from "../../../../scripts/lib/stack/state.ts";
import { resources } from "../../../support/stack-state.ts";

const { stack, address, standby, server } = resources;
const prefix = "urn:pulumi:prod::trading-bot-server";
function stateOf(...made: object[]) {
  return parseExported(JSON.stringify({ version: 3, deployment: { resources: made } }));
}

function seen(state: ReturnType<typeof stateOf>) {
  return parseStackState(JSON.stringify(state));
}

test("a server that is found at the standby address stays there: the state knows which address it has", () => {
  const lost = stateOf(stack, address, standby, server);
  expect(activeAddressIn(seen(lost))).toBe("first");
  const recovered = seen(withActiveAddress(lost, prefix, "203.0.113.20"));
  expect(activeAddressIn(recovered)).toBe("standby");
  expect(addressIn(recovered)?.ipAddress).toBe("203.0.113.20");
});

test("its record is after the stack and the provider that it names, and is there once", () => {
  const once = withActiveAddress(stateOf(stack, address, standby, server), prefix, "203.0.113.20");
  const { resources: records } = withActiveAddress(once, prefix, "203.0.113.20").deployment;
  const [record, ...others] = records.filter(({ type }) => type === "pulumi:index:Stash");
  expect(others).toEqual([]);
  const [provider] = records.filter(({ type }) => type === "pulumi:providers:pulumi");
  expect(record).toMatchObject({
    parent: stack.urn,
    provider: `${provider?.urn ?? ""}::${provider?.id ?? ""}`,
  });
  expect(records.at(-1)).toBe(record);
});

test("a server at the first address needs no record", () => {
  const state = stateOf(stack, address, standby, server);
  expect(withActiveAddress(state, prefix, "203.0.113.10")).toBe(state);
});
