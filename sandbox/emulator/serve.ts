import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Tls } from "./server.ts";

/** An emulator that is a process of its own. */
export interface Served {
  /** Names the control socket, `NAME.sock` in the run's folder, and the process in what it prints. */
  name: string;
  /** The run's folder. */
  folder: string;
  api: FastifyInstance;
  control: FastifyInstance;
  host: string;
  port: number;
}

/** The key and certificate that the run's authority has made for a host. */
export async function readCertificate(folder: string, host: string): Promise<Tls> {
  const certificate = join(folder, "tls", host);
  const [key, cert] = await Promise.all([
    readFile(`${certificate}.key`, "utf8"),
    readFile(`${certificate}.crt`, "utf8"),
  ]);
  return { key, cert };
}

/** Opens both doors of an emulator, until a signal ends the process. */
export async function serve({ name, folder, api, control, host, port }: Served): Promise<void> {
  // Before anything answers: a signal that comes early must not leave a socket behind.
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      void Promise.all([api.close(), control.close()]).then(() => process.exit(0));
    });
  }
  const socket = join(folder, `${name}.sock`);
  await rm(socket, { force: true });
  // The control socket first: whoever sees the API answer may use it.
  await control.listen({ path: socket });
  await api.listen({ host, port });
  process.stderr.write(`${name}: listening on ${host}:${port}\n`);
}
