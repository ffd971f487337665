import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Tls } from "./server.ts";

/** An emulator that runs as a process. */
export interface Served {
  /** The name in the log, and of the control socket: `NAME.sock` in the run's folder. */
  name: string;
  /** The run's folder. */
  folder: string;
  api: FastifyInstance;
  control: FastifyInstance;
  host: string;
  port: number;
}

/** Reads the key and certificate that the run's authority has made for a host. */
export async function readCertificate(folder: string, host: string): Promise<Tls> {
  const certificate = join(folder, "tls", host);
  const [key, cert] = await Promise.all([
    readFile(`${certificate}.key`, "utf8"),
    readFile(`${certificate}.crt`, "utf8"),
  ]);
  return { key, cert };
}

/** Serves an emulator's API and control API until a signal ends the process. */
export async function serve({ name, folder, api, control, host, port }: Served): Promise<void> {
  // Before anything answers: an early signal must not leave a socket behind.
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      void Promise.all([api.close(), control.close()]).then(() => process.exit(0));
    });
  }
  const socket = join(folder, `${name}.sock`);
  await rm(socket, { force: true });
  // The control socket first: a client that gets an answer from the API may use it at once.
  await control.listen({ path: socket });
  await api.listen({ host, port });
  process.stderr.write(`${name}: listening on ${host}:${port}\n`);
}
