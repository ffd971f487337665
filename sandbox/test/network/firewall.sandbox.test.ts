import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { run } from "../../command.ts";
import type { FirewallRule } from "../../hetzner/data-centre.ts";
import { within } from "../../network/at.ts";
import { firewallRuleset, withoutFirewall } from "../../network/firewall.ts";
import { plugIn, unplug } from "../../network/link.ts";
import { internet } from "../../network/sites.ts";
import { until } from "../../until.ts";

// A namespace instead of a machine, with two listening ports.

const address = "203.0.113.201";
const link = { namespace: "m-test", addresses: [address] };
const ssh: FirewallRule = { direction: "in", protocol: "tcp", port: "22", addresses: ["198.51.100.10/32"] };
const web: FirewallRule = { direction: "in", protocol: "tcp", port: "80-81", addresses: ["0.0.0.0/0"] };
const processes: ChildProcess[] = [];

beforeAll(async () => {
  await plugIn(link);
  const echo =
    "const s = c => c.on('error', () => {}).pipe(c); for (const p of [22, 80]) net.createServer(s).listen(p)";
  start(within(link.namespace, ["node", "--eval", echo]));
  await until(async () => (await listening()).length === 2);
});

afterAll(async () => {
  for (const child of processes) {
    child.kill("SIGKILL");
  }
  await nft(withoutFirewall(link.namespace));
  await unplug(link);
});

test("without a firewall everybody can connect", async () => {
  await filter(undefined);
  await expect(connects("operator", 22)).resolves.toBe(true);
  await expect(connects("stranger", 22)).resolves.toBe(true);
});

test("with a firewall, only the addresses in a rule can connect", async () => {
  await filter([ssh, web]);
  await expect(connects("operator", 22)).resolves.toBe(true);
  await expect(connects("stranger", 22)).resolves.toBe(false);
  await expect(connects("stranger", 80)).resolves.toBe(true);
});

test("an established connection stays open when its rule is removed", async () => {
  await filter([ssh]);
  const connection = start(
    within("operator", ["bash", "-c", `exec 3<>/dev/tcp/${address}/22; cat <&3 & cat >&3`]),
  );
  await says(connection, "before");
  await filter([]);
  await says(connection, "after");
  await expect(connects("operator", 22)).resolves.toBe(false);
});

test("the first outbound rule closes all other outbound traffic", async () => {
  await filter([]);
  await expect(connects(link.namespace, 443, "192.0.2.10")).resolves.toBe(true);
  await filter([{ direction: "out", protocol: "tcp", port: "53", addresses: ["192.0.2.53/32"] }]);
  await expect(connects(link.namespace, 53, "192.0.2.53")).resolves.toBe(true);
  await expect(connects(link.namespace, 443, "192.0.2.10")).resolves.toBe(false);
});

test("no machine can send from another address", async () => {
  await filter(undefined);
  await run(["ip", "-netns", link.namespace, "address", "add", "203.0.113.99/32", "dev", "eth0"]);
  await expect(connects(link.namespace, 443, "192.0.2.10", "203.0.113.99")).resolves.toBe(false);
  await expect(connects(link.namespace, 443, "192.0.2.10")).resolves.toBe(true);
});

async function filter(rules: FirewallRule[] | undefined): Promise<void> {
  await nft(firewallRuleset({ link: link.namespace, address, rules }));
}

async function nft(ruleset: string): Promise<void> {
  await run(within(internet, ["nft", "-f", "-"]), { stdin: ruleset });
}

function start([program, ...rest]: readonly [string, ...string[]]): ChildProcess {
  const child = spawn(program, rest);
  processes.push(child);
  return child;
}

async function listening(): Promise<string[]> {
  const sockets = await run(
    within(link.namespace, ["ss", "--no-header", "--listening", "--tcp", "--numeric"]),
  );
  return sockets.split("\n").filter((line) => line !== "");
}

/** True if the connection is made, false if the router has dropped one of its packets. */
async function connects(from: string, port: number, to = address, source?: string): Promise<boolean> {
  const before = await dropped();
  const bound = source === undefined ? "" : `, localAddress: "${source}"`;
  const script = `net.connect({ host: "${to}", port: ${port}${bound} }, () => process.exit()).on("error", () => process.exit(1))`;
  const child = start(within(from, ["node", "--eval", script]));
  const outcome = await until(
    async () => {
      if (child.exitCode === 0) {
        return "connected";
      }
      return (await dropped()) > before && "dropped";
    },
    () => ((child.exitCode ?? 0) === 0 ? undefined : `no connection from ${from} to ${to}:${port}`),
  );
  child.kill("SIGKILL");
  return outcome === "connected";
}

async function dropped(): Promise<number> {
  const rules = await run(within(internet, ["nft", "list", "table", "ip", link.namespace]));
  return [...rules.matchAll(/counter packets (\d+)/g)].reduce((sum, [, packets]) => sum + Number(packets), 0);
}

/** Sends a line, and waits for its echo. */
async function says(connection: ChildProcess, line: string): Promise<void> {
  const echo = new Promise<void>((resolve) => {
    connection.stdout?.on("data", (data: Buffer) => {
      if (data.toString().includes(line)) {
        resolve();
      }
    });
  });
  connection.stdin?.write(`${line}\n`);
  await echo;
}
