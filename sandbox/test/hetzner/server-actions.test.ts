import { describe, expect, test } from "@jest/globals";
import { startEmulator } from "./support/emulator.ts";
import { act, actionBody, getServer, makeFirewall, makeServer } from "./support/things.ts";

describe("a server's power", () => {
  test.each([
    ["poweroff", "stop_server", ["powerOff"], "off"],
    ["reboot", "reboot_server", ["shutdown", "powerOn"], "running"],
    ["reset", "reset_server", ["powerOff", "powerOn"], "running"],
    ["shutdown", "shutdown_server", ["shutdown"], "off"],
    ["poweron", "start_server", ["powerOn"], "running"],
  ])("%s", async (name, command, steps, status) => {
    const emulator = await startEmulator();
    const { id } = await makeServer(emulator);
    emulator.dataCentre.steps.length = 0;
    expect(await act(emulator, id, name)).toMatchObject({ command, status: "success", progress: 100 });
    expect(emulator.dataCentre.steps).toEqual(steps.map((step) => `${step} ${id}`));
    expect((await getServer(emulator, id)).status).toBe(status);
  });

  test("is on again after it was off", async () => {
    const emulator = await startEmulator();
    const { id } = await makeServer(emulator);
    await act(emulator, id, "poweroff");
    await act(emulator, id, "poweroff");
    await act(emulator, id, "poweron");
    expect((await getServer(emulator, id)).status).toBe("running");
    expect(emulator.dataCentre.machine(id).isRunning).toBe(true);
  });

  test("changes only when the system shuts down: the action of a shutdown ends earlier", async () => {
    const emulator = await startEmulator();
    const { id } = await makeServer(emulator);
    const machine = emulator.dataCentre.machine(id);
    emulator.dataCentre.shutdown = () => new Promise(() => undefined);
    expect((await act(emulator, id, "shutdown")).status).toBe("success");
    expect((await getServer(emulator, id)).status).toBe("stopping");
    machine.isRunning = false;
    expect((await getServer(emulator, id)).status).toBe("off");
  });
});

describe("a rebuild", () => {
  test("makes a new disk, from another image if wanted, with the same address and firewalls", async () => {
    const emulator = await startEmulator();
    const firewall = await makeFirewall(emulator);
    const { id } = await makeServer(emulator, { user_data: "one", firewalls: [{ firewall: firewall.id }] });
    const before = await getServer(emulator, id);
    expect(await act(emulator, id, "rebuild", { image: "ubuntu-24.04" })).toMatchObject({
      status: "success",
    });
    const after = await getServer(emulator, id);
    expect(after).toEqual({ ...before, image: { name: "ubuntu-24.04", architecture: "x86" } });
    expect(emulator.dataCentre.machine(id)).toMatchObject({
      order: { image: "ubuntu-24.04", userData: "one" },
    });
    expect(emulator.dataCentre.machine(id).rules).toHaveLength(1);
  });

  test("accepts new user_data, up to its limit", async () => {
    const emulator = await startEmulator();
    const { id } = await makeServer(emulator, { user_data: "one" });
    await act(emulator, id, "rebuild", { image: "debian-13", user_data: "two" });
    expect(emulator.dataCentre.machine(id).order.userData).toBe("two");
    const tooMuch = { image: "debian-13", user_data: "x".repeat(32 * 1024 + 1) };
    expect(await emulator.errorOf("POST", `/servers/${id}/actions/rebuild`, tooMuch)).toBe(
      "422 invalid_input",
    );
  });
});

describe("a change of type", () => {
  const changeTo = (type: string, upgradeDisk = true) => ({ server_type: type, upgrade_disk: upgradeDisk });

  test("needs a server that is off, and starts it again", async () => {
    const emulator = await startEmulator();
    const { id } = await makeServer(emulator);
    const path = `/servers/${id}/actions/change_type`;
    expect(await emulator.errorOf("POST", path, changeTo("cx33"))).toBe("422 server_not_stopped");
    await act(emulator, id, "poweroff");
    expect(await act(emulator, id, "change_type", changeTo("cx33"))).toMatchObject({
      command: "change_server_type",
      status: "success",
    });
    expect(await getServer(emulator, id)).toMatchObject({
      status: "running",
      server_type: { name: "cx33" },
      primary_disk_size: 80,
    });
    expect(emulator.dataCentre.machine(id).isRunning).toBe(true);
  });

  test("can be undone only if the disk stayed small", async () => {
    const emulator = await startEmulator();
    const { id } = await makeServer(emulator);
    const change = async (type: string, upgradeDisk: boolean) => {
      await act(emulator, id, "poweroff");
      return emulator.call("POST", `/servers/${id}/actions/change_type`, changeTo(type, upgradeDisk));
    };
    await change("cx33", false);
    await emulator.settled();
    expect((await change("cx23", true)).status).toBe(201);
    await emulator.settled();
    await change("cx33", true);
    await emulator.settled();
    expect((await change("cx23", false)).status).toBe(422);
  });

  test.each(["cax11", "cx99", "cx23"])("to %s is refused", async (type) => {
    const emulator = await startEmulator();
    const { id } = await makeServer(emulator);
    await act(emulator, id, "poweroff");
    const path = `/servers/${id}/actions/change_type`;
    expect((await emulator.call("POST", path, changeTo(type))).status).toBe(422);
  });
});

describe("protection", () => {
  test("keeps a server from being deleted and rebuilt", async () => {
    const emulator = await startEmulator();
    const { id } = await makeServer(emulator);
    await act(emulator, id, "change_protection", { delete: true, rebuild: true });
    expect((await getServer(emulator, id)).protection).toEqual({ delete: true, rebuild: true });
    expect(await emulator.errorOf("DELETE", `/servers/${id}`)).toBe("423 protected");
    const rebuild = { image: "debian-13" };
    expect(await emulator.errorOf("POST", `/servers/${id}/actions/rebuild`, rebuild)).toBe("423 protected");
  });

  test("must be the same for both", async () => {
    const emulator = await startEmulator();
    const { id } = await makeServer(emulator);
    const path = `/servers/${id}/actions/change_protection`;
    expect(await emulator.errorOf("POST", path, { delete: true, rebuild: false })).toBe("422 invalid_input");
    expect(await emulator.errorOf("POST", path, { delete: true })).toBe("422 invalid_input");
  });
});

test("backups are switched on and off", async () => {
  const emulator = await startEmulator();
  const { id } = await makeServer(emulator);
  expect((await act(emulator, id, "enable_backup")).command).toBe("enable_backup");
  expect((await getServer(emulator, id)).backup_window).toBe("22-02");
  await act(emulator, id, "disable_backup");
  expect((await getServer(emulator, id)).backup_window).toBeNull();
});

test("the reverse DNS name of an address can also be changed through the server", async () => {
  const emulator = await startEmulator();
  const { id, public_net: net } = await makeServer(emulator);
  await act(emulator, id, "change_dns_ptr", { ip: net.ipv4?.ip, dns_ptr: "bot.example.com" });
  expect((await getServer(emulator, id)).public_net.ipv4?.dns_ptr).toBe("bot.example.com");
  const foreign = { ip: "192.0.2.1", dns_ptr: "x" };
  expect(await emulator.errorOf("POST", `/servers/${id}/actions/change_dns_ptr`, foreign)).toBe(
    "422 invalid_input",
  );
});

test("an action whose machine fails ends in an error, and the server's status is as before", async () => {
  const emulator = await startEmulator();
  const { id } = await makeServer(emulator);
  for (const [step, name, body] of [
    ["powerOff", "poweroff", undefined],
    ["rebuild", "rebuild", { image: "ubuntu-24.04" }],
  ] as const) {
    emulator.dataCentre.failing = step;
    expect(await act(emulator, id, name, body)).toMatchObject({
      status: "error",
      error: { code: "action_failed" },
    });
    expect(await getServer(emulator, id)).toMatchObject({ status: "running", image: { name: "debian-13" } });
  }
  emulator.dataCentre.failing = "delete";
  await emulator.read(actionBody, "DELETE", `/servers/${id}`);
  await emulator.settled();
  expect((await getServer(emulator, id)).status).toBe("running");
  expect(emulator.reported).toEqual([
    `stop_server of server ${id} failed: the machine would not powerOff`,
    `rebuild_server of server ${id} failed: the machine would not rebuild`,
    `delete_server of server ${id} failed: the machine would not delete`,
  ]);
});

test("a server whose machine can't be made is off, and can be deleted", async () => {
  const emulator = await startEmulator();
  emulator.dataCentre.failing = "create";
  const { id } = await makeServer(emulator);
  expect(await getServer(emulator, id)).toMatchObject({ status: "off", locked: false });
  await emulator.call("DELETE", `/servers/${id}`);
  await emulator.settled();
  expect(await emulator.errorOf("GET", `/servers/${id}`)).toBe("404 not_found");
});
