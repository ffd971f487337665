import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
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
  /** More ports of the API. */
  otherPorts?: readonly number[];
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
export async function serve(served: Served): Promise<void> {
  const { name, folder, api, control, host, port, otherPorts = [] } = served;
  const others = otherPorts.map(() => alsoTo(api));
  // Before anything answers: an early signal must not leave a socket behind.
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      others.forEach((server) => server.close());
      void Promise.all([api.close(), control.close()]).then(() => process.exit(0));
    });
  }
  const socket = join(folder, `${name}.sock`);
  await rm(socket, { force: true });
  // The control socket first: a client that gets an answer from the API may use it at once.
  await control.listen({ path: socket });
  for (const [index, server] of others.entries()) {
    server.listen({ host, port: otherPorts[index] });
    await once(server, "listening");
  }
  await api.listen({ host, port });
  process.stderr.write(`${name}: listening on ${host}:${[port, ...otherPorts].join(" and ")}\n`);
}

/** A listener whose connections an API serves like those that arrive at its port. */
function alsoTo(api: FastifyInstance): Server {
  return createServer((socket) => api.server.emit("connection", socket));
}
