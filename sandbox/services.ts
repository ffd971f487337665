import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { within } from "./network/at.ts";
import type { Places } from "./places.ts";
import { until } from "./until.ts";

/** Something that answers HTTPS on the private internet, as a process of its own. */
export interface Service {
  host: string;
  address: string;
  /** Its module, which serves HTTPS on the address with the host's certificate from `places.tls`. */
  main: string;
}

/** The services there are. Names, addresses and certificates all follow from this list. */
export const services: readonly Service[] = [
  { host: "api.hetzner.cloud", address: "192.0.2.10", main: "sandbox/hetzner/main.ts" },
  { host: "api.binance.com", address: "192.0.2.20", main: "sandbox/binance/main.ts" },
];

/** Starts a process at the services' place that lasts as long as the run; what it prints goes to a log. */
export async function startAtServices(
  places: Places,
  name: string,
  command: readonly [string, ...string[]],
  environment: NodeJS.ProcessEnv,
): Promise<() => string | undefined> {
  const file = join(places.logs, `${name}.log`);
  const log = await open(file, "a");
  const [program, ...rest] = within("services", command);
  // A session of its own, so that the operator's Ctrl-C doesn't reach it.
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
  places: Places,
  project: string,
  { host, address, main }: Service,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const ended = await startAtServices(places, host, ["node", join(project, main)], environment);
  const ca = await readFile(join(places.tls, "ca.crt"));
  await until(() => answers(host, address, ca), ended);
}

function answers(host: string, address: string, ca: Buffer): Promise<true | undefined> {
  return new Promise((resolve) => {
    request(
      { host: address, servername: host, headers: { host }, ca, path: "/", agent: false },
      (response) => {
        response.destroy();
        resolve(true);
      },
    )
      .on("error", () => {
        resolve(undefined);
      })
      .end();
  });
}
