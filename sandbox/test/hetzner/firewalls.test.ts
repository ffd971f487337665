import { describe, expect, test } from "@jest/globals";
import { type Emulator, startEmulator } from "./support/emulator.ts";
import {
  actionsBody,
  firewall as firewallBody,
  getServer,
  makeFirewall,
  makeServer,
  names,
  ssh22,
} from "./support/things.ts";

async function applyTo(emulator: Emulator, id: number, target: object) {
  const path = `/firewalls/${id}/actions/apply_to_resources`;
  const { actions } = await emulator.read(actionsBody, "POST", path, { apply_to: [target] });
  await emulator.settled();
  return actions.map(({ command }) => command);
}

async function removeFrom(emulator: Emulator, id: number, target: object) {
  const path = `/firewalls/${id}/actions/remove_from_resources`;
  const { actions } = await emulator.read(actionsBody, "POST", path, { remove_from: [target] });
  await emulator.settled();
  return actions.map(({ command }) => command);
}

const onServer = (id: number) => ({ type: "server", server: { id } });
const onLabel = (selector: string) => ({ type: "label_selector", label_selector: { selector } });

describe("a firewall", () => {
  test("is created with rules, renamed, listed and deleted", async () => {
    const emulator = await startEmulator();
    const { id, rules } = await makeFirewall(emulator, {
      rules: [{ ...ssh22, source_ips: ["2001:DB8:0:0::/64"], description: "SSH" }],
    });
    expect(rules).toMatchObject([{ source_ips: ["2001:db8::/64"], port: "22" }]);
    await emulator.read(firewallBody, "PUT", `/firewalls/${id}`, { name: "other", labels: { a: "b" } });
    expect(await emulator.read(names("firewalls"), "GET", "/firewalls?label_selector=a")).toEqual(["other"]);
    expect((await emulator.call("DELETE", `/firewalls/${id}`)).status).toBe(204);
    expect(await emulator.errorOf("GET", `/firewalls/${id}`)).toBe("404 not_found");
  });

  test("protects a server's machine from its creation on", async () => {
    const emulator = await startEmulator();
    const { id } = await makeFirewall(emulator);
    const server = await makeServer(emulator, { firewalls: [{ firewall: id }] });
    expect((await getServer(emulator, server.id)).public_net.firewalls).toEqual([{ id, status: "applied" }]);
    expect(emulator.dataCentre.machine(server.id).rules).toEqual([
      { direction: "in", protocol: "tcp", port: "22", addresses: ["198.51.100.0/24"] },
    ]);
  });

  test("changes on the machine when its rules are set", async () => {
    const emulator = await startEmulator();
    const { id } = await makeFirewall(emulator);
    const server = await makeServer(emulator, { firewalls: [{ firewall: id }] });
    const rules = [{ direction: "out", protocol: "icmp", destination_ips: ["0.0.0.0/0"] }];
    const { actions } = await emulator.read(actionsBody, "POST", `/firewalls/${id}/actions/set_rules`, {
      rules,
    });
    expect(actions.map(({ command }) => command)).toEqual(["set_firewall_rules", "apply_firewall"]);
    await emulator.settled();
    expect(emulator.dataCentre.machine(server.id).rules).toEqual([
      { direction: "out", protocol: "icmp", port: undefined, addresses: ["0.0.0.0/0"] },
    ]);
    await emulator.call("POST", `/firewalls/${id}/actions/set_rules`, { rules: [] });
    await emulator.settled();
    expect(emulator.dataCentre.machine(server.id).rules).toEqual([]);
  });

  test("is applied to a server and removed from it", async () => {
    const emulator = await startEmulator();
    const { id } = await makeFirewall(emulator);
    const server = await makeServer(emulator);
    expect(emulator.dataCentre.machine(server.id).rules).toBeUndefined();
    expect(await applyTo(emulator, id, onServer(server.id))).toEqual(["apply_firewall"]);
    expect(emulator.dataCentre.machine(server.id).rules).toHaveLength(1);
    expect(await emulator.errorOf("DELETE", `/firewalls/${id}`)).toBe("422 resource_in_use");
    expect(await removeFrom(emulator, id, onServer(server.id))).toEqual(["remove_firewall"]);
    expect(emulator.dataCentre.machine(server.id).rules).toBeUndefined();
    expect((await emulator.call("DELETE", `/firewalls/${id}`)).status).toBe(204);
  });

  test("applies to servers with its labels", async () => {
    const emulator = await startEmulator();
    const { id } = await makeFirewall(emulator, { apply_to: [onLabel("role=bot")] });
    const server = await makeServer(emulator, { labels: { role: "bot" } });
    expect(emulator.dataCentre.machine(server.id).rules).toHaveLength(1);
    const { firewall } = await emulator.read(firewallBody, "GET", `/firewalls/${id}`);
    expect(firewall.applied_to).toMatchObject([{ applied_to_resources: [onServer(server.id)] }]);
    expect(
      await emulator.errorOf("POST", `/firewalls/${id}/actions/remove_from_resources`, {
        remove_from: [onServer(server.id)],
      }),
    ).toBe("422 firewall_managed_by_label_selector");

    await emulator.call("PUT", `/servers/${server.id}`, { labels: {} });
    expect((await getServer(emulator, server.id)).public_net.firewalls).toEqual([]);
    expect(emulator.dataCentre.machine(server.id).rules).toBeUndefined();
    expect(await removeFrom(emulator, id, onLabel("role=bot"))).toEqual([]);
  });

  test("is removed without an action from a server that it isn't applied to", async () => {
    const emulator = await startEmulator();
    const { id } = await makeFirewall(emulator);
    const server = await makeServer(emulator);
    expect(await removeFrom(emulator, id, onServer(server.id))).toEqual([]);
    expect((await getServer(emulator, server.id)).locked).toBe(false);
  });

  test("allows traffic in addition to another firewall", async () => {
    const emulator = await startEmulator();
    const one = await makeFirewall(emulator, { name: "one" });
    const two = await makeFirewall(emulator, { name: "two", rules: [{ ...ssh22, port: "443" }] });
    const server = await makeServer(emulator, { firewalls: [{ firewall: one.id }, { firewall: two.id }] });
    expect(emulator.dataCentre.machine(server.id).rules?.map(({ port }) => port)).toEqual(["22", "443"]);
  });

  test("no longer lists a deleted server", async () => {
    const emulator = await startEmulator();
    const { id } = await makeFirewall(emulator);
    const server = await makeServer(emulator, { firewalls: [{ firewall: id }] });
    await emulator.call("DELETE", `/servers/${server.id}`);
    await emulator.settled();
    expect((await emulator.call("DELETE", `/firewalls/${id}`)).status).toBe(204);
  });

  test("can't be applied to some resources, and then changes nothing", async () => {
    const emulator = await startEmulator();
    const { id } = await makeFirewall(emulator);
    const server = await makeServer(emulator, { firewalls: [{ firewall: id }] });
    const apply = (...targets: object[]) =>
      emulator.errorOf("POST", `/firewalls/${id}/actions/apply_to_resources`, { apply_to: targets });
    expect(await apply(onServer(server.id))).toBe("422 firewall_already_applied");
    expect(await apply(onServer(7))).toBe("404 firewall_resource_not_found");
    expect(await apply(onLabel("=="))).toBe("422 invalid_input");
    expect(await apply()).toBe("422 invalid_input");
    const second = { name: "second", apply_to: [onServer(server.id), onServer(server.id)] };
    expect(await emulator.errorOf("POST", "/firewalls", second)).toBe("422 server_already_added");
    const third = { name: "third", apply_to: [onServer(7)] };
    expect(await emulator.errorOf("POST", "/firewalls", third)).toBe("422 firewall_resource_not_found");
    expect(await emulator.read(names("firewalls"), "GET", "/firewalls")).toEqual(["firewall"]);
  });
});
