import { describe, expect, test } from "@jest/globals";
import { startEmulator } from "./support/emulator.ts";
import {
  createdServer,
  getServer,
  makeFirewall,
  makeIp,
  makeKey,
  makeServer,
  names,
  server as serverBody,
  serverOrder,
} from "./support/things.ts";

describe("a server", () => {
  test("becomes a machine with everything that was ordered", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator);
    const ip = await makeIp(emulator);
    const reply = await emulator.read(createdServer, "POST", "/servers", {
      ...serverOrder,
      ssh_keys: [key.id],
      user_data: "#cloud-config\n",
      labels: { role: "bot" },
      public_net: { enable_ipv4: true, ipv4: ip.id, enable_ipv6: false },
    });
    expect(reply.server).toMatchObject({ status: "initializing", locked: true });
    expect(reply.action).toMatchObject({ command: "create_server", status: "running", progress: 0 });
    expect(reply.next_actions).toMatchObject([{ command: "start_server", status: "running" }]);
    expect(reply.root_password).toBeNull();

    await emulator.settled();
    const { id } = reply.server;
    expect(await getServer(emulator, id)).toMatchObject({
      status: "running",
      locked: false,
      labels: { role: "bot" },
      location: { name: "nbg1" },
      server_type: { name: "cx23" },
      image: { name: "debian-13", architecture: "x86" },
      public_net: { ipv4: { id: ip.id, ip: ip.ip }, ipv6: null },
    });
    expect(emulator.dataCentre.machine(id)).toMatchObject({
      isRunning: true,
      order: {
        id,
        name: "bot",
        image: "debian-13",
        userData: "#cloud-config\n",
        sshKeys: [key.public_key],
        ipv4: ip.ip,
      },
    });
  });

  test("gets its own addresses if the order names none, and they are deleted with it", async () => {
    const emulator = await startEmulator();
    const { id } = await makeServer(emulator, { public_net: undefined });
    const { public_net: net } = await getServer(emulator, id);
    expect(net.ipv4?.ip).toMatch(/^203\.0\.113\./);
    expect(net.ipv6?.ip).toMatch(/^2001:db8:.*\/64$/);
    await emulator.call("DELETE", `/servers/${id}`);
    await emulator.settled();
    expect(await emulator.read(names("primary_ips"), "GET", "/primary_ips")).toEqual([]);
  });

  test("needs no public network", async () => {
    const emulator = await startEmulator();
    const { id } = await makeServer(emulator, { public_net: { enable_ipv4: false, enable_ipv6: false } });
    expect((await getServer(emulator, id)).public_net).toMatchObject({ ipv4: null, ipv6: null });
    const { id: firewall } = await makeFirewall(emulator);
    const path = `/firewalls/${firewall}/actions/apply_to_resources`;
    const target = { apply_to: [{ type: "server", server: { id } }] };
    expect(await emulator.errorOf("POST", path, target)).toBe("422 private_net_only_server");
  });

  test("has a root password if it has no key", async () => {
    const emulator = await startEmulator();
    const reply = await emulator.read(createdServer, "POST", "/servers", serverOrder);
    expect(reply.root_password).toMatch(/^.{20}$/);
  });

  test("stays off if it must not start", async () => {
    const emulator = await startEmulator();
    const order = { ...serverOrder, start_after_create: false };
    const reply = await emulator.read(createdServer, "POST", "/servers", order);
    expect(reply.next_actions).toEqual([]);
    await emulator.settled();
    expect((await getServer(emulator, reply.server.id)).status).toBe("off");
    expect(emulator.dataCentre.machine(reply.server.id).isRunning).toBe(false);
  });

  test("can be ordered by ids, and is made for the architecture of its type", async () => {
    const emulator = await startEmulator();
    const byId = await makeServer(emulator, { server_type: 114, image: 310557660, location: "2" });
    expect(await getServer(emulator, byId.id)).toMatchObject({
      server_type: { name: "cx23" },
      image: { name: "debian-13", architecture: "x86" },
    });
    const arm = await makeServer(emulator, { name: "arm", server_type: "cax11" });
    expect((await getServer(emulator, arm.id)).image).toEqual({ name: "debian-13", architecture: "arm" });
  });

  test("is found by name, status and labels", async () => {
    const emulator = await startEmulator();
    const { id } = await makeServer(emulator, { labels: { role: "bot" } });
    const list = (query: string) => emulator.read(names("servers"), "GET", `/servers?${query}`);
    expect(await list("name=bot")).toEqual(["bot"]);
    // What the Go client requests after it didn't find an id.
    expect(await list(`name=${id}`)).toEqual([]);
    expect(await list("status=off&status=running")).toEqual(["bot"]);
    expect(await list("status=off")).toEqual([]);
    expect(await list("label_selector=role!%3Dbot")).toEqual([]);
    expect(await list("sort=created:desc&sort=id")).toEqual(["bot"]);
  });

  test("is renamed and labelled in place", async () => {
    const emulator = await startEmulator();
    const { id } = await makeServer(emulator);
    const update = { name: "renamed", labels: { a: "b" } };
    expect((await emulator.read(serverBody, "PUT", `/servers/${id}`, update)).server).toMatchObject(update);
    expect(emulator.dataCentre.steps).not.toContain(`rebuild ${id}`);
  });

  test("is gone when it was deleted", async () => {
    const emulator = await startEmulator();
    const { id } = await makeServer(emulator);
    await emulator.call("DELETE", `/servers/${id}`);
    await emulator.settled();
    expect(await emulator.errorOf("GET", `/servers/${id}`)).toBe("404 not_found");
    expect(await emulator.errorOf("DELETE", `/servers/${id}`)).toBe("404 not_found");
    expect(emulator.dataCentre.machines.size).toBe(0);
    await makeServer(emulator);
  });

  test("that powered itself off is shown as off", async () => {
    const emulator = await startEmulator();
    const { id } = await makeServer(emulator);
    emulator.dataCentre.machine(id).isRunning = false;
    expect((await getServer(emulator, id)).status).toBe("off");
    emulator.dataCentre.machine(id).isRunning = true;
    expect((await getServer(emulator, id)).status).toBe("running");
  });

  test.each([
    ["a name with an underscore", { name: "my_bot" }, "422 invalid_input"],
    ["no name", { name: undefined }, "422 invalid_input"],
    ["an unknown type", { server_type: "cx22" }, "422 invalid_input"],
    ["an unknown image", { image: "debian-7" }, "422 invalid_input"],
    ["an image for another architecture", { image: 310557661 }, "422 invalid_input"],
    ["an unknown location", { location: "mars1" }, "422 invalid_input"],
    ["a location without the type", { location: "ash" }, "422 invalid_input"],
    ["a datacenter", { location: undefined, datacenter: "nbg1-dc3" }, "422 invalid_input"],
    ["too much user_data", { user_data: "ü".repeat(16 * 1024 + 1) }, "422 invalid_input"],
    ["a label that isn't one", { labels: { "a b": "c" } }, "422 invalid_input"],
    ["an unknown SSH key", { ssh_keys: [7] }, "404 not_found"],
    ["an unknown firewall", { firewalls: [{ firewall: 7 }] }, "404 not_found"],
    ["an unknown Primary IP", { public_net: { ipv4: 7 } }, "404 not_found"],
    ["a volume", { volumes: [7] }, "404 not_found"],
    ["a network", { networks: [7] }, "404 not_found"],
    ["a placement group", { placement_group: 7 }, "404 not_found"],
  ])("is refused with %s, and nothing is left of it", async (_what, fields, refusal) => {
    const emulator = await startEmulator();
    expect(await emulator.errorOf("POST", "/servers", { ...serverOrder, ...fields })).toBe(refusal);
    expect(await emulator.read(names("servers"), "GET", "/servers")).toEqual([]);
    expect(await emulator.read(names("primary_ips"), "GET", "/primary_ips")).toEqual([]);
    expect(emulator.dataCentre.steps).toEqual([]);
  });

  test("is refused with an address that doesn't fit", async () => {
    const emulator = await startEmulator();
    const taken = await makeIp(emulator, { name: "taken" });
    const far = await makeIp(emulator, { name: "far", location: "fsn1" });
    const six = await makeIp(emulator, { name: "six", type: "ipv6" });
    await makeServer(emulator, { public_net: { ipv4: taken.id, enable_ipv6: false } });
    const refusal = (net: object) =>
      emulator.errorOf("POST", "/servers", { ...serverOrder, name: "other", public_net: net });
    expect(await refusal({ ipv4: taken.id })).toBe("422 primary_ip_assigned");
    expect(await refusal({ ipv4: far.id })).toBe("422 primary_ip_datacenter_mismatch");
    expect(await refusal({ ipv4: six.id })).toBe("412 primary_ip_version_mismatch");
    expect(await refusal({ ipv4: far.id, enable_ipv4: false })).toBe("422 invalid_input");
  });

  test("is refused if its name is taken, or if there are too many", async () => {
    const emulator = await startEmulator({ conditions: { limits: { servers: 1, primaryIps: null } } });
    await makeServer(emulator);
    expect(await emulator.errorOf("POST", "/servers", serverOrder)).toBe("409 uniqueness_error");
    expect(await emulator.errorOf("POST", "/servers", { ...serverOrder, name: "two" })).toBe(
      "403 resource_limit_exceeded",
    );
  });

  test("is created where its address is, if the order names no location", async () => {
    const emulator = await startEmulator();
    const ip = await makeIp(emulator, { location: "hel1" });
    const { id } = await makeServer(emulator, { location: undefined, public_net: { ipv4: ip.id } });
    expect((await getServer(emulator, id)).location.name).toBe("hel1");
  });
});
