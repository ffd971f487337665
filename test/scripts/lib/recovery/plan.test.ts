import { describe, expect, test } from "@jest/globals";
import type { Item, Kind } from "../../../../hetzner/inventory.ts";
import { planRecovery } from "../../../../scripts/lib/recovery/plan.ts";
import { withAdopted } from "../../../../scripts/lib/recovery/state-edit.ts";
import { type ExportedState, parseExported } from "../../../../scripts/lib/stack/exported-state.ts";
import { fromSecret } from "../../../../scripts/lib/stack/secret-value.ts";
import { resources } from "../../../support/stack-state.ts";

const { stack, address, server } = resources;
const userData = { ciphertext: "the user_data" };
const ordered = { ...server, id: "", inputs: { ...server.inputs, userData }, outputs: undefined };

function item(kind: Kind, id: number, name = "trading-bot-prod"): Item {
  return { kind, id, name, labels: {}, ip: undefined };
}

const addressItem = item("Primary IP", 20000001);
const serverItem = item("server", 1000001);

/** The state after a run that was killed during these operations. */
function state(made: object[], interrupted: { type: string; resource: object }[] = []) {
  const deployment = { resources: made, pending_operations: interrupted };
  return parseExported(JSON.stringify({ version: 3, deployment }));
}

const actions = (state: ExportedState, items: Item[], hasKeys = false) =>
  planRecovery(state, items, hasKeys).map(({ kind, action }) => `${action} ${kind}`);

describe("what a recovery does", () => {
  test("nothing, if the state knows everything", () => {
    expect(actions(state([stack, address, server]), [addressItem, serverItem])).toEqual([
      "keep Primary IP",
      "keep server",
    ]);
  });

  test("it adopts what an interrupted order has made, and forgets an order that never arrived", () => {
    const firewall = { type: "hcloud:index/firewall:Firewall", urn: "firewall" };
    const killed = state(
      [stack, address],
      [
        { type: "creating", resource: ordered },
        { type: "creating", resource: firewall },
      ],
    );
    expect(actions(killed, [addressItem, serverItem])).toEqual([
      "keep Primary IP",
      "forget firewall",
      "adopt server",
    ]);
  });

  test("it adopts a server in the place of one that is gone, such as after an interrupted replacement", () => {
    const replaced = { ...server, pendingReplacement: true };
    expect(actions(state([stack, address, replaced]), [addressItem, item("server", 2)])).toEqual([
      "keep Primary IP",
      "adopt server",
    ]);
  });

  test("it keeps the two addresses of a stack apart, with and without a state", () => {
    const standbyItem = item("standby Primary IP", 20000002, "trading-bot-prod-standby");
    expect(actions(state([stack, address, resources.standby]), [standbyItem, addressItem])).toEqual([
      "keep Primary IP",
      "keep standby Primary IP",
    ]);
    expect(actions(state([]), [addressItem, standbyItem])).toEqual([
      "import Primary IP",
      "import standby Primary IP",
    ]);
  });

  test("with a lost state, it imports what Hetzner shows, and a server of which nobody has the keys gets new ones", () => {
    const all = [addressItem, serverItem, item("firewall", 3), item("SSH key", 4), item("volume", 5)];
    expect(actions(state([]), all)).toEqual([
      "import Primary IP",
      "import firewall",
      "delete SSH key",
      "import volume",
      "rebuild server",
    ]);
  });

  test("a server of whose order nothing is left gets into the state if that has its keys", () => {
    expect(actions(state([stack, address]), [addressItem, serverItem], true)).toEqual([
      "keep Primary IP",
      "import server",
    ]);
  });

  test("it reads again what was being changed", () => {
    const killed = state([stack, address, server], [{ type: "updating", resource: server }]);
    expect(actions(killed, [addressItem, serverItem])).toEqual(["keep Primary IP", "refresh server"]);
  });

  test("it leaves to `pulumi up --refresh` what was deleted at Hetzner", () => {
    expect(actions(state([stack, address, server]), [addressItem])).toEqual([
      "keep Primary IP",
      "missing server",
    ]);
  });
});

describe("nothing is done", () => {
  test("if it isn't clear which one belongs to the stack", () => {
    expect(() => planRecovery(state([]), [addressItem, item("Primary IP", 2)], false)).toThrow(
      "more than one",
    );
    expect(() => planRecovery(state([stack, address]), [addressItem, item("Primary IP", 2)], false)).toThrow(
      "the stack has another one",
    );
  });
});

describe("the edited state", () => {
  const provider = { urn: "hcloud", type: "pulumi:providers:hcloud", inputs: {}, outputs: {} };

  function edited(before: ReturnType<typeof state>, ...items: Item[]) {
    return withAdopted(before, planRecovery(before, items, false), "the token").deployment;
  }

  test("has the adopted server last, with the inputs of its order, and no interrupted operation", () => {
    const killed = state([stack, address], [{ type: "creating", resource: ordered }]);
    const { resources: all, pending_operations: pending } = edited(killed, addressItem, serverItem);
    expect(pending).toBeUndefined();
    expect(all.at(-1)).toMatchObject({
      urn: server.urn,
      id: "1000001",
      inputs: { userData },
      outputs: { id: "1000001", name: "trading-bot-prod", userData },
    });
  });

  test("has a server that takes another one's place where that one was", () => {
    const before = state([stack, { ...server, pendingReplacement: true }, address]);
    const { resources: all } = edited(before, addressItem, item("server", 2));
    expect(all.map(({ id }) => id)).toEqual([undefined, "2", "20000001"]);
    expect(all[1]?.pendingReplacement).toBeUndefined();
  });

  test("has today's token", () => {
    const { resources: all } = edited(state([provider]), addressItem);
    expect(fromSecret(all[0]?.inputs?.token)).toBe("the token");
  });
});
