// Hetzner's API as a process of its own on the private internet. Its state and its machines end with it.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { NspawnDataCentre } from "../machines/nspawn-data-centre.ts";
import { placesOfThisRun } from "../places.ts";
import { createHetzner } from "./hetzner.ts";

const environment = z
  .object({
    SANDBOX_DIR: z.string(),
    /** Comma separated; each token is a project of its own. */
    HETZNER_TOKENS: z
      .string()
      .transform((tokens) => tokens.split(","))
      .pipe(z.array(z.string().length(64)).min(1)),
    HETZNER_HOST: z.string().default("192.0.2.10"),
    HETZNER_PORT: z.coerce.number().int().default(443),
  })
  .parse(process.env);

const certificate = join(environment.SANDBOX_DIR, "tls", "api.hetzner.cloud");
const [key, cert] = await Promise.all([
  readFile(`${certificate}.key`, "utf8"),
  readFile(`${certificate}.crt`, "utf8"),
]);

const { api, control } = createHetzner({
  dataCentre: new NspawnDataCentre({ places: placesOfThisRun() }),
  tokens: environment.HETZNER_TOKENS,
  tls: { key, cert },
});

// Both before anything answers: a signal that comes early must not leave a socket behind.
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    // The machines are the kernel's to clean up, with the world that they are in.
    void Promise.all([api.close(), control.close()]).then(() => process.exit(0));
  });
}

const socket = join(environment.SANDBOX_DIR, "hetzner.sock");
await rm(socket, { force: true });
// The control socket first: whoever sees the API answer may use it.
await control.listen({ path: socket });
await api.listen({ host: environment.HETZNER_HOST, port: environment.HETZNER_PORT });
process.stderr.write(`hetzner: listening on ${environment.HETZNER_HOST}:${environment.HETZNER_PORT}\n`);
