import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { fingerprint, type KeyPair } from "../../binance/key-pair.ts";
import { holdBoots, machineAt, releaseBoots } from "../../sandbox/machines/inspect.ts";
import { until } from "../../sandbox/until.ts";
import { canaryPair } from "./canary.ts";
import { hetzner, onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import { changes, Stack } from "./stack.ts";

// What can go wrong, in order: every test starts where the previous one ended.

let stack: Stack;
/** The key pair that is on the server now. */
let live: KeyPair;

beforeAll(async () => {
  stack = await Stack.ready("failures");
});

beforeEach(async () => {
  await hetzner.clearFaults();
});

afterAll(async () => {
  await releaseBoots();
  await hetzner.setSoldOut([]);
  await stack.remove();
});

/** Deletes a server as its owner does by hand, as soon as Hetzner allows it. */
async function deleteInConsole(id: number): Promise<void> {
  const headers = { authorization: `Bearer ${process.env.HCLOUD_TOKEN ?? ""}` };
  await until(async () => {
    const { status } = await fetch(`https://api.hetzner.cloud/v1/servers/${id}`, {
      method: "DELETE",
      headers,
    });
    return status === 200;
  });
  await until(async () => (await hetzner.servers()).length === 0);
}

describe("a first boot that fails", () => {
  test("is reported, with commands that show its log and get a fresh server", async () => {
    await holdBoots();
    const up = stack.up();
    const { id } = await until(async () => (await hetzner.servers())[0]);
    const settings = `${machineAt(id).root}/etc/cloud/cloud.cfg.d`;
    await until(() => existsSync(settings));
    await writeFile(`${settings}/99-broken.cfg`, 'bootcmd: ["exit 1"]\n');
    await releaseBoots();
    const { code, stdout } = await up;
    expect(code).not.toBe(0);
    expect(stdout).toContain("The first boot failed: cloud-init ended with status 1.");
    expect(stdout).toContain("npm run teardown -- --keep-address");

    const log = await stack.script("ssh", ["sudo tail -n 100 /var/log/cloud-init-output.log"]);
    expect(log).toMatchObject({ code: 0, stdout: expect.stringContaining("Cloud-init") });
    expect((await stack.script("teardown", ["--keep-address", "--yes"])).code).toBe(0);
  });
});

describe("a slow boot", () => {
  test("is waited for with a word about adminCidrs, and no second server is ordered", async () => {
    await holdBoots();
    const up = stack.mustUp();
    // Meanwhile, the most likely reason is shown.
    await until(async () => {
      const events = await readFile(stack.eventLog, "utf8").catch(() => "");
      return events.includes("If adminCidrs doesn't contain your own address, it will never answer.");
    });
    await releaseBoots();
    expect(changes(await up)).toMatchObject({
      server: "create",
      "first-boot": "create",
      "key-pair": "create",
    });
    expect((await onlyServer()).status).toBe("running");
  });
});

describe("a server with another host key than the pinned one", () => {
  const pair = canaryPair();
  let server: Server;

  beforeAll(async () => {
    server = new Server((await onlyServer()).id);
    await server.run(`
      cp -a /etc/ssh/ssh_host_ed25519_key /root/true-key
      rm /etc/ssh/ssh_host_ed25519_key
      ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key
      systemctl restart ssh`);
    await stack.setKeyPair(pair);
  });

  test("is refused before anything is sent to it", async () => {
    const logins = await server.logins();
    const { code, stdout } = await stack.up();
    expect(code).not.toBe(0);
    expect(stdout).toContain("host key mismatch");
    expect(await server.logins()).toBe(logins);
    expect(await server.run("ls -A /etc/credstore.encrypted")).toBe("");
  });

  test("gets the pair from the next `pulumi up` once it has its own key again", async () => {
    await server.run("mv /root/true-key /etc/ssh/ssh_host_ed25519_key && systemctl restart ssh");
    // sshd delays an address whose connections have failed; its restart ends that for the operator.
    expect(changes(await stack.mustUp())).toEqual({ guard: "update", "key-pair": "update" });
    expect(await server.pairInUnit()).toEqual(pair);
  });
});

describe("an interrupted `pulumi up`", () => {
  test("killed while the pair is being sent: the previous or the new pair is live, and the next run succeeds", async () => {
    const next = canaryPair();
    await stack.setKeyPair(next);
    const server = new Server((await onlyServer()).id);
    const before = await server.run("binance-credential fingerprint");
    // Each tool waits for this lock before it changes anything. `pulumi up` is killed while the tool waits.
    await server.run("systemd-run --quiet --unit=hold flock /run/trading-bot-server/lock sleep infinity");
    await until(() =>
      server.run("flock --nonblock /run/trading-bot-server/lock true").then(
        () => false,
        () => true,
      ),
    );
    const logins = await server.logins();
    const up = stack.up();
    await until(async () => (await server.logins()) > logins);
    await stack.kill();
    expect((await up).code).not.toBe(0);
    await server.run("systemctl stop hold");
    expect([before, fingerprint(next)]).toContain(await server.run("binance-credential fingerprint"));
    await stack.pulumi(["cancel", "--yes", "--stack", stack.name]);
    await stack.mustUp();
    expect(await stack.output("liveKeyPair")).toBe(fingerprint(next));
    expect(await server.pairInUnit()).toEqual(next);
    live = next;
  });
});

describe("a server that was deleted in Hetzner's console", () => {
  test("is made again at the same address by `pulumi up --refresh`, with the key pair", async () => {
    const before = await onlyServer();
    await deleteInConsole(before.id);

    await stack.mustUp("--refresh");
    const after = await onlyServer();
    expect(after.id).not.toBe(before.id);
    expect(after.ipv4).toBe(before.ipv4);
    expect(await stack.output("liveKeyPair")).toBe(fingerprint(live));
    expect(await new Server(after.id).pairInUnit()).toEqual(live);
  });
});

describe("a bigger server type", () => {
  test("is changed in place: same server, same address, and running again", async () => {
    const before = await onlyServer();
    await stack.set("serverType", "cx33");
    const { result } = await hetzner.during(() => stack.mustUp());
    expect(changes(result)).toEqual({ order: "update", power: "update", server: "update" });
    expect(await onlyServer()).toMatchObject({ id: before.id, ipv4: before.ipv4, status: "running" });
  });
});
