// Hetzner's API as a process of its own on the private internet. Its state and its machines end with it.
import * as z from "zod";
import { readCertificate, serve } from "../emulator/serve.ts";
import { NspawnDataCentre } from "../machines/nspawn-data-centre.ts";
import { metadataService } from "../network/sites.ts";
import { foldersOfThisRun } from "../run-folders.ts";
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

const { metadata, ...doors } = createHetzner({
  dataCentre: new NspawnDataCentre({ folders: foldersOfThisRun() }),
  tokens: environment.HETZNER_TOKENS,
  tls: await readCertificate(environment.SANDBOX_DIR, "api.hetzner.cloud"),
});
// Before the API: whoever sees that answer may order a server, which may ask.
await metadata.listen({ host: metadataService, port: 80 });
// The machines are the kernel's to clean up, with the world that they are in.
await serve({
  name: "hetzner",
  folder: environment.SANDBOX_DIR,
  host: environment.HETZNER_HOST,
  port: environment.HETZNER_PORT,
  ...doors,
});
