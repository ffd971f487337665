import { describe, expect, test } from "@jest/globals";
import { startEmulator } from "./support/emulator.ts";
import {
  act,
  actionBody,
  getServer,
  makeIp,
  makeServer,
  names,
  primaryIp,
  serverOrder,
} from "./support/things.ts";

describe("a Primary IP", () => {
  test("gets an address from the servers' range, and isn't assigned", async () => {
    const emulator = await startEmulator();
    const ip = await makeIp(emulator);
    expect(ip.ip).toMatch(/^203\.0\.113\.\d+$/);
    expect(ip).toMatchObject({ assignee_id: null, assignee_type: "unassigned", location: { name: "nbg1" } });
    expect(await emulator.read(names("primary_ips"), "GET", `/primary_ips?ip=${ip.ip}`)).toEqual(["ip"]);
    expect(await emulator.read(names("primary_ips"), "GET", "/primary_ips?ip=203.0.113.250")).toEqual([]);
    expect(await emulator.read(names("primary_ips"), "GET", "/primary_ips?name=ip")).toEqual(["ip"]);
  });

  test("is not given again soon after it was deleted", async () => {
    const emulator = await startEmulator();
    const first = await makeIp(emulator);
    expect((await emulator.call("DELETE", `/primary_ips/${first.id}`)).status).toBe(204);
    expect((await makeIp(emulator)).ip).not.toBe(first.ip);
  });

  test("can't be deleted while it is protected or assigned", async () => {
    const emulator = await startEmulator();
    const { id } = await makeIp(emulator);
    const protect = (value: boolean) =>
      emulator.read(actionBody, "POST", `/primary_ips/${id}/actions/change_protection`, { delete: value });
    expect((await protect(true)).action).toMatchObject({ command: "change_protection", status: "success" });
    expect(await emulator.errorOf("DELETE", `/primary_ips/${id}`)).toBe("423 protected");
    await protect(false);
    await makeServer(emulator, { public_net: { enable_ipv4: true, ipv4: id, enable_ipv6: false } });
    expect(await emulator.errorOf("DELETE", `/primary_ips/${id}`)).toBe("422 must_be_unassigned");
  });

  test("is not protected together with auto_delete", async () => {
    const emulator = await startEmulator();
    const { id } = await makeIp(emulator, { auto_delete: true });
    const protect = () =>
      emulator.errorOf("POST", `/primary_ips/${id}/actions/change_protection`, { delete: true });
    expect(await protect()).toBe("422 invalid_input");
    await emulator.call("PUT", `/primary_ips/${id}`, { auto_delete: false });
    await emulator.call("POST", `/primary_ips/${id}/actions/change_protection`, { delete: true });
    expect(await emulator.errorOf("PUT", `/primary_ips/${id}`, { auto_delete: true })).toBe(
      "422 invalid_input",
    );
  });

  test("is kept when its server is deleted, unless it has auto_delete", async () => {
    const emulator = await startEmulator();
    const kept = await makeIp(emulator, { name: "kept" });
    const gone = await makeIp(emulator, { name: "gone", type: "ipv6", auto_delete: true });
    const server = await makeServer(emulator, {
      public_net: { enable_ipv4: true, ipv4: kept.id, enable_ipv6: true, ipv6: gone.id },
    });
    await emulator.call("DELETE", `/servers/${server.id}`);
    await emulator.settled();
    expect(await emulator.read(names("primary_ips"), "GET", "/primary_ips")).toEqual(["kept"]);
    const { primary_ip: ip } = await emulator.read(primaryIp, "GET", `/primary_ips/${kept.id}`);
    expect(ip).toMatchObject({ assignee_id: null, assignee_type: "unassigned" });
  });

  test("moves between servers of its location that are off", async () => {
    const emulator = await startEmulator();
    const ip = await makeIp(emulator);
    const server = await makeServer(emulator, {
      public_net: { enable_ipv4: true, ipv4: ip.id, enable_ipv6: false },
    });
    const unassign = `/primary_ips/${ip.id}/actions/unassign`;
    expect(await emulator.errorOf("POST", unassign)).toBe("422 server_not_stopped");
    await act(emulator, server.id, "poweroff");
    const { action } = await emulator.read(actionBody, "POST", unassign);
    expect(action.command).toBe("unassign_primary_ip");
    await emulator.settled();
    expect((await getServer(emulator, server.id)).public_net.ipv4).toBeNull();
    expect(emulator.dataCentre.machine(server.id).order.ipv4).toBeUndefined();
    expect(await emulator.errorOf("POST", unassign)).toBe("422 invalid_input");

    const assign = { assignee_id: server.id, assignee_type: "server" };
    await emulator.read(actionBody, "POST", `/primary_ips/${ip.id}/actions/assign`, assign);
    await emulator.settled();
    expect((await getServer(emulator, server.id)).public_net.ipv4).toMatchObject({ id: ip.id, ip: ip.ip });
    expect(emulator.dataCentre.machine(server.id).order.ipv4).toBe(ip.ip);
    expect(await emulator.errorOf("POST", `/primary_ips/${ip.id}/actions/assign`, assign)).toBe(
      "422 primary_ip_already_assigned",
    );
  });

  test("can't be assigned to a server that is on, that has one, or that is in another location", async () => {
    const emulator = await startEmulator();
    const server = await makeServer(emulator);
    const near = await makeIp(emulator, { name: "near" });
    const far = await makeIp(emulator, { name: "far", location: "hel1" });
    const assign = { assignee_id: server.id, assignee_type: "server" };
    const refusal = (id: number) => emulator.errorOf("POST", `/primary_ips/${id}/actions/assign`, assign);
    expect(await refusal(near.id)).toBe("422 server_not_stopped");
    await act(emulator, server.id, "poweroff");
    expect(await refusal(near.id)).toBe("422 server_has_ipv4");
    const own = (await getServer(emulator, server.id)).public_net.ipv4?.id ?? 0;
    await emulator.call("POST", `/primary_ips/${own}/actions/unassign`);
    await emulator.settled();
    expect(await refusal(far.id)).toBe("422 primary_ip_datacenter_mismatch");
  });

  test("can be created for a server", async () => {
    const emulator = await startEmulator();
    const { id } = await makeServer(emulator, { public_net: { enable_ipv4: true, enable_ipv6: false } });
    await act(emulator, id, "poweroff");
    const order = { name: "six", type: "ipv6", assignee_id: id, assignee_type: "server" };
    const made = await emulator.read(primaryIp.extend(actionBody.shape), "POST", "/primary_ips", order);
    expect(made.action.command).toBe("assign_primary_ip");
    expect(made.primary_ip).toMatchObject({ assignee_id: id, location: { name: serverOrder.location } });
  });

  test("has a reverse DNS name, which can be changed and reset", async () => {
    const emulator = await startEmulator();
    const { id, ip, dns_ptr: pointers } = await makeIp(emulator);
    const change = (dnsPtr: string | null, address = ip) =>
      emulator.call("POST", `/primary_ips/${id}/actions/change_dns_ptr`, { ip: address, dns_ptr: dnsPtr });
    const now = async () => (await emulator.read(primaryIp, "GET", `/primary_ips/${id}`)).primary_ip.dns_ptr;
    await change("bot.example.com");
    expect(await now()).toEqual([{ ip, dns_ptr: "bot.example.com" }]);
    await change(null);
    expect(await now()).toEqual(pointers);
    expect((await change("x", "192.0.2.1")).status).toBe(422);
  });

  test("is refused without a location, with an unknown one, and with a datacenter", async () => {
    const emulator = await startEmulator();
    const refusal = (fields: object) =>
      emulator.errorOf("POST", "/primary_ips", { name: "ip", type: "ipv4", ...fields });
    expect(await refusal({})).toBe("422 invalid_input");
    expect(await refusal({ location: "mars1" })).toBe("422 invalid_input");
    expect(await refusal({ location: "nbg1", datacenter: "nbg1-dc3" })).toBe("422 invalid_input");
    await makeIp(emulator);
    expect(await refusal({ location: "nbg1" })).toBe("409 uniqueness_error");
  });

  test("accepts an empty update, which the provider sends", async () => {
    const emulator = await startEmulator();
    const ip = await makeIp(emulator);
    expect((await emulator.read(primaryIp, "PUT", `/primary_ips/${ip.id}`, {})).primary_ip).toEqual(ip);
  });
});
