import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { get } from "node:http";
import { get as getSecurely } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { paperHosts, plainHost, realHosts } from "./binance/hosts.ts";
import type { CommandLine } from "./command.ts";
import { mirrorsIn } from "./debian/mirrors.ts";
import { within } from "./network/at.ts";
import type { RunFolders } from "./run-folders.ts";
import { s3Host } from "./s3/store.ts";
import { sftpHost } from "./sftp/store.ts";
import { stateHost } from "./state-store/store.ts";
import { answersWithTheTime, timeServerCommand } from "./time/time-servers.ts";
import { until } from "./until.ts";

/** A process that serves something on the private internet. */
export interface Service {
  /** Its names, each with its address. The first name is also its log's. */
  hosts: readonly [Host, ...Host[]];
  /** Its protocol. With "https" it has a certificate for each host in `folders.tls`. */
  protocol: "http" | "https" | "ntp" | "ssh";
  /** The process that serves the addresses. */
  command: CommandLine;
}

/** A name on the private internet. */
export interface Host {
  name: string;
  address: string;
  /** More names of the same address, which are also in its certificate. */
  aliases?: readonly string[];
}

/** All names of a host. */
export function namesOf({ name, aliases = [] }: Host): [string, ...string[]] {
  return [name, ...aliases];
}

/** All services; storages with S3 and sftp, and the store for Pulumi's state, only if the run has them. Names, addresses and certificates follow from this list. */
export async function servicesOf(
  folders: RunFolders,
  { hasStorages = false, hasStateStore = false } = {},
): Promise<Service[]> {
  return [
    {
      // The alias is Hetzner's other API, with the same tokens. Official clients list storage boxes there.
      hosts: [{ name: "api.hetzner.cloud", address: "192.0.2.10", aliases: ["api.hetzner.com"] }],
      protocol: "https",
      command: node("hetzner/main.ts"),
    },
    binance("binance", "192.0.2.20", [...realHosts, plainHost]),
    // Paper trading: another account, with its own keys and play money.
    binance("binance-paper", "192.0.2.21", paperHosts),
    { hosts: await debianMirrors(folders), protocol: "http", command: node("debian/main.ts") },
    {
      hosts: [
        { name: "hooks.example.net", address: "192.0.2.40" },
        // The alias says from which address a computer is seen.
        { name: "elsewhere.example.net", address: "192.0.2.50", aliases: ["ifconfig.me"] },
      ],
      protocol: "https",
      command: node("webhook/main.ts"),
    },
    {
      hosts: [{ name: "pypi.org", address: "192.0.2.60", aliases: ["files.pythonhosted.org"] }],
      protocol: "https",
      command: node("python-index/main.ts"),
    },
    ...(hasStorages
      ? ([
          { hosts: [s3Host], protocol: "https", command: node("s3/main.ts") },
          { hosts: [sftpHost], protocol: "ssh", command: node("sftp/main.ts") },
        ] as const)
      : []),
    ...(hasStateStore
      ? ([{ hosts: [stateHost], protocol: "https", command: node("state-store/main.ts") }] as const)
      : []),
    {
      hosts: [
        { name: "ntp1.hetzner.de", address: "192.0.2.123" },
        { name: "ntp2.hetzner.com", address: "192.0.2.124" },
        { name: "ntp3.hetzner.net", address: "192.0.2.125" },
      ],
      protocol: "ntp",
      command: timeServerCommand(folders),
    },
  ];
}

/** @param name the name in its log, and of its control socket */
function binance(name: string, address: string, [host, ...aliases]: readonly [string, ...string[]]): Service {
  const variables = [`BINANCE_NAME=${name}`, `BINANCE_HOST=${address}`, `BINANCE_CERTIFICATE=${host}`];
  return {
    hosts: [{ name: host, address, aliases }],
    protocol: "https",
    command: ["env", ...variables, ...node("binance/main.ts")],
  };
}

/** Runs a module of this folder. */
function node(module: string): CommandLine {
  return [process.execPath, join(import.meta.dirname, module)];
}

/** The hosts that the machines' apt gets packages from. */
async function debianMirrors({ image }: RunFolders): Promise<Service["hosts"]> {
  const sources = await readFile(join(image, "etc/apt/sources.list.d/debian.sources"), "utf8");
  const names = new Set([...mirrorsIn(sources).values()].map((mirror) => new URL(mirror).hostname));
  const [first, ...others] = [...names].map((name) => ({ name, address: "192.0.2.30" }));
  if (first === undefined) {
    throw new Error(`the machines' image ${image} names no package sources`);
  }
  return [first, ...others];
}

/** Starts a process in the services' network that lasts as long as the run. Its output goes to a log. */
export async function startAtServices(
  folders: RunFolders,
  name: string,
  command: CommandLine,
  environment: NodeJS.ProcessEnv,
): Promise<() => string | undefined> {
  const file = join(folders.logs, `${name}.log`);
  const log = await open(file, "a");
  const [program, ...rest] = within("services", command);
  // In its own session, so that the operator's Ctrl-C doesn't reach it.
  const child = spawn(program, rest, {
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
    env: environment,
  });
  await once(child, "spawn");
  await log.close();
  return () => ((child.exitCode ?? child.signalCode) === null ? undefined : `${name} ended: see ${file}`);
}

/** Starts a service; resolves when it answers. */
export async function startService(
  folders: RunFolders,
  { hosts, protocol, command }: Service,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const [{ name }] = hosts;
  const ended = await startAtServices(folders, name, command, environment);
  const ca = await readFile(join(folders.tls, "ca.crt"));
  await Promise.all(hosts.map((host) => until(() => answers(host, protocol, ca), ended)));
}

async function answers({ name, address }: Host, protocol: Service["protocol"], ca: Buffer): Promise<boolean> {
  if (protocol === "ntp") {
    return answersWithTheTime(address);
  }
  if (protocol === "ssh") {
    return answersWithSsh(address);
  }
  const options = { host: address, headers: { host: name }, path: "/", agent: false };
  return new Promise((resolve) => {
    const sent = protocol === "https" ? getSecurely({ ...options, servername: name, ca }) : get(options);
    sent
      .on("response", (response) => {
        response.destroy();
        resolve(true);
      })
      .on("error", () => {
        resolve(false);
      });
  });
}

function answersWithSsh(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(sftpHost.port, address);
    connection
      .once("data", (greeting: Buffer) => {
        connection.destroy();
        resolve(greeting.toString().startsWith("SSH-"));
      })
      .once("error", () => {
        resolve(false);
      });
  });
}
