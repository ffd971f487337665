import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { until } from "../../sandbox/until.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import { changes, Stack } from "./stack.ts";

// How a changed file of ours gets to a server that runs: whole or not at all, and never so that nobody can log in any more.

let stack: Stack;
let server: Server;

beforeAll(async () => {
  stack = await Stack.ready("deliveries");
  await stack.mustUp();
  server = new Server((await onlyServer()).id);
});

afterAll(async () => {
  await stack.remove();
});

/** What systemd calls each start of the units that files of ours concern. */
async function invocations(): Promise<string[]> {
  const units = "ssh chrony trading-bot-proxy systemd-journald nftables";
  return (await server.run(`systemctl show -P InvocationID ${units}`)).split("\n").filter(Boolean);
}

test("a second `pulumi up` does nothing", async () => {
  const logins = await server.logins();
  expect(changes(await stack.mustUp())).toEqual({});
  expect(await server.logins()).toBe(logins);
});

test("an edited file updates itself alone, and restarts only what it concerns", async () => {
  const [ssh, chrony, ...others] = await invocations();
  const restore = await stack.appendToFile("server/rootfs/etc/chrony/chrony.conf", "# edited\n");
  expect(changes(await stack.mustUp())).toEqual({ "base-config": "update" });
  const [sshAfter, chronyAfter, ...othersAfter] = await invocations();
  expect([sshAfter, ...othersAfter]).toEqual([ssh, ...others]);
  expect(chronyAfter).not.toBe(chrony);
  await restore();
  await stack.mustUp();
});

test.each([
  [
    "sshd",
    "server/rootfs/etc/ssh/sshd_config.d/10-trading-bot-server.conf",
    "NoSuchOption yes\n",
    "NoSuchOption",
  ],
  [
    "nftables",
    "server/rootfs/etc/nftables.conf",
    "table inet trading_bot { chain input { no such rule } }\n",
    "nft --check",
  ],
  ["chrony", "server/rootfs/etc/chrony/chrony.conf", "nosuchdirective\n", "chronyd -p"],
  ["apt", "server/rootfs/etc/apt/apt.conf.d/20auto-upgrades", "nonsense\n", "apt-config"],
])(
  "a broken file of %s is refused by its own checker, and leaves the server as it was",
  async (_, file, text, message) => {
    const path = file.slice("server".length);
    const before = await server.run(`sha256sum ${path}; systemctl show -P InvocationID ssh nftables chrony`);
    const restore = await stack.appendToFile(file, text);
    const { code, stdout } = await stack.up();
    await restore();
    expect(code).not.toBe(0);
    expect(stdout).toContain("nothing was changed");
    expect(stdout).toContain(message);
    expect(await server.run(`sha256sum ${path}; systemctl show -P InvocationID ssh nftables chrony`)).toBe(
      before,
    );
    expect(changes(await stack.mustUp())).not.toHaveProperty("server");
  },
);

test("a change that locks us out is rolled back by the server itself, and the next `pulumi up` succeeds", async () => {
  const restore = await stack.appendToFile(
    "server/rootfs/etc/nftables.conf",
    "insert rule inet trading_bot input tcp dport 22 ct state new drop\n",
  );
  const { code, stdout } = await stack.up();
  await restore();
  expect(code).not.toBe(0);
  expect(stdout).toContain("could not be confirmed over a new connection");
  expect(stdout).toContain("/etc/nftables.conf");
  await until(() =>
    server
      .run("grep -c 'dport 22 ct state new drop' /etc/nftables.conf || true")
      .then((n) => (n === "0" ? true : undefined)),
  );
  await until(() =>
    stack.script("ssh", ["true"]).then(({ code: reached }) => (reached === 0 ? true : undefined)),
  );
  await stack.mustUp();
  expect((await stack.script("ssh", ["true"])).code).toBe(0);
});

test("a delivery that is killed in the middle is rolled back by the next one, which then succeeds", async () => {
  const install = (delivery: object) => server.run("server-files install", JSON.stringify(delivery));
  const file = (path: string, content: string, activate: string[] = []) => ({ path, content, activate });
  await install({ files: [file("/etc/one", "old"), file("/etc/two", "old")] });
  await server.run("mkfifo /run/hold");
  const killed = install({ files: [file("/etc/one", "new", ["cat /run/hold"]), file("/etc/two", "new")] });
  killed.catch(() => undefined);
  await until(() => server.run("pgrep -x -f 'cat /run/hold' || true").then((id) => id || undefined));
  await server.run(
    "pkill -KILL -f '[s]erver-files install'; pkill -KILL -x -f 'cat /run/hold'; rm /run/hold",
  );
  await expect(killed).rejects.toThrow();
  expect(await server.run("cat /etc/one /etc/two")).toBe("newnew");
  expect(await install({ files: [file("/etc/three", "new")] })).toBe("/etc/three");
  expect(await server.run("cat /etc/one /etc/two /etc/three")).toBe("oldoldnew");
  expect(await install({ files: [file("/etc/three", "new")] })).toBe("unchanged");
});

test("half a delivery changes nothing", async () => {
  const whole = JSON.stringify({ files: [{ path: "/etc/half", content: "half" }] });
  await expect(server.run("server-files install", whole.slice(0, -3))).rejects.toThrow("arrived incomplete");
  expect(await server.run("ls /etc/half 2>/dev/null || true")).toBe("");
});

test("a file whose activation fails is restored", async () => {
  const broken = { files: [{ path: "/etc/one", content: "broken", activate: ["grep -q old /etc/one"] }] };
  await expect(server.run("server-files install", JSON.stringify(broken))).rejects.toThrow(
    "The previous files were restored.",
  );
  expect(await server.run("cat /etc/one")).toBe("old");
});
