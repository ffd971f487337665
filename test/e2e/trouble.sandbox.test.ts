import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { fingerprint } from "../../binance/key-pair.ts";
import { holdBoots, releaseBoots } from "../../sandbox/machines/inspect.ts";
import { until } from "../../sandbox/until.ts";
import { canaryPair } from "./canary.ts";
import { hetzner, onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import { changes, Stack } from "./stack.ts";

// What goes wrong on the way, told in order: every test goes on where the one before has stopped.

let stack: Stack;

beforeAll(async () => {
  stack = await Stack.ready("trouble");
});

beforeEach(async () => {
  await hetzner.clearFaults();
});

afterAll(async () => {
  await releaseBoots();
  await hetzner.setSoldOut([]);
  await stack.remove();
});

/** What the owner does by hand: deletes a server, as soon as Hetzner lets go of it. */
async function deleteInConsole(id: number): Promise<void> {
  const headers = { authorization: `Bearer ${process.env.HCLOUD_TOKEN ?? ""}` };
  await until(async () => {
    const { status } = await fetch(`https://api.hetzner.cloud/v1/servers/${id}`, {
      method: "DELETE",
      headers,
    });
    return status === 200 ? true : undefined;
  });
  await until(async () => ((await hetzner.servers()).length === 0 ? true : undefined));
}

describe("Hetzner says no", () => {
  test("a sold-out server type ends `pulumi up` with Hetzner's reason; the address stays for the next try", async () => {
    await hetzner.setSoldOut([{ location: "fsn1", serverType: "cx23" }]);
    const { code, stdout } = await stack.up();
    expect(code).not.toBe(0);
    expect(stdout).toContain("resource_unavailable");
    expect(await hetzner.servers()).toEqual([]);
    await hetzner.setSoldOut([]);
  });
});

describe("a `pulumi up` that is killed while the server is being ordered", () => {
  test("never leads to a second server: the next one says that the name is taken", async () => {
    await hetzner.setActionDuration(5_000);
    const up = stack.up();
    await until(async () => ((await hetzner.servers()).length > 0 ? true : undefined));
    await stack.kill();
    await up;
    await hetzner.setActionDuration(300);

    const locked = await stack.up();
    expect(locked.stderr).toContain("pulumi cancel");
    await stack.pulumi(["cancel", "--yes", "--stack", stack.name]);
    const { code, stdout } = await stack.up();
    expect(code).not.toBe(0);
    expect(stdout).toContain("server name is already used (uniqueness_error)");
    await onlyServer();
  });

  test("is mended by deleting that server in Hetzner's console", async () => {
    await deleteInConsole((await onlyServer()).id);
  });
});

describe("a slow boot", () => {
  test("is waited for, however long it takes, and the server that was ordered before gets no second one", async () => {
    await holdBoots();
    const up = stack.mustUp();
    // The command provider says so at every try: several were in vain before the machine goes on.
    await until(async () => {
      const events = await readFile(stack.eventLog, "utf8").catch(() => "");
      return /Dial 4\b/.test(events) ? true : undefined;
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

  test("gets the pair by the next `pulumi up` when it is itself again", async () => {
    await server.run("mv /root/true-key /etc/ssh/ssh_host_ed25519_key && systemctl restart ssh");
    // sshd keeps a source waiting whose connections have failed: the operator's are forgiven by its restart.
    expect(changes(await stack.mustUp())).toEqual({ "key-pair": "update" });
    expect(await server.pairInUnit()).toEqual(pair);
  });
});

describe("an interrupted `pulumi up`", () => {
  test("killed while the pair is on its way: the pair before or the new one is live, and the next run carries on", async () => {
    const next = canaryPair();
    await stack.setKeyPair(next);
    const server = new Server((await onlyServer()).id);
    const before = await server.run("binance-credential fingerprint");
    // The tool waits for this lock before it changes anything: `pulumi up` is killed while it waits for the tool.
    await server.run("systemd-run --quiet --unit=hold flock /etc/credstore.encrypted sleep infinity");
    await until(() =>
      server.run("flock --nonblock /etc/credstore.encrypted true").then(
        () => undefined,
        () => true,
      ),
    );
    const logins = await server.logins();
    const up = stack.up();
    await until(async () => ((await server.logins()) > logins ? true : undefined));
    await stack.kill();
    expect((await up).code).not.toBe(0);
    await server.run("systemctl stop hold");
    expect([before, fingerprint(next)]).toContain(await server.run("binance-credential fingerprint"));
    await stack.pulumi(["cancel", "--yes", "--stack", stack.name]);
    await stack.mustUp();
    expect(await stack.output("liveKeyPair")).toBe(fingerprint(next));
    expect(await server.pairInUnit()).toEqual(next);
  });
});

describe("a server that was deleted in Hetzner's console", () => {
  test("is made anew at the same address by `pulumi up --refresh`, with the key pair", async () => {
    const before = await onlyServer();
    await deleteInConsole(before.id);

    await stack.mustUp("--refresh");
    const after = await onlyServer();
    expect(after.id).not.toBe(before.id);
    expect(after.ipv4).toBe(before.ipv4);
    expect(await stack.output("liveKeyPair")).not.toBe("none");
    expect(await new Server(after.id).pairInUnit()).toBeDefined();
  });
});

describe("a bigger server type", () => {
  test("is changed in place: same server, same address, and running again", async () => {
    const before = await onlyServer();
    await stack.set("serverType", "cx33");
    const { result } = await hetzner.during(() => stack.mustUp());
    expect(changes(result)).toEqual({ server: "update" });
    expect(await onlyServer()).toMatchObject({ id: before.id, ipv4: before.ipv4, status: "running" });
  });
});
