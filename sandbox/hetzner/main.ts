// Hetzner's API, a process on the private internet. Its state and its machines end with it.
import * as z from "zod";
import { readCertificate, serve } from "../emulator/serve.ts";
import { NspawnDataCentre } from "../machines/nspawn-data-centre.ts";
import { QemuDataCentre } from "../machines/qemu-data-centre.ts";
import { metadataService } from "../network/sites.ts";
import { foldersOfThisRun } from "../run-folders.ts";
import { createHetzner } from "./hetzner.ts";

const environment = z
  .object({
    SANDBOX_DIR: z.string(),
    /** What machines are: containers, or virtual machines with this accelerator. prepare/virtual.sh sets it. */
    SANDBOX_MACHINES: z.enum(["containers", "kvm", "tcg"]),
    /** Separated by commas. Each token has its own project. */
    HETZNER_TOKENS: z
      .string()
      .transform((tokens) => tokens.split(","))
      .pipe(z.array(z.string().length(64)).min(1)),
    HETZNER_HOST: z.string().default("192.0.2.10"),
    HETZNER_PORT: z.coerce.number().int().default(443),
  })
  .parse(process.env);

const { SANDBOX_MACHINES: kind } = environment;
const folders = foldersOfThisRun();
const { api, control, metadata } = createHetzner({
  dataCentre:
    kind === "containers"
      ? new NspawnDataCentre({ folders })
      : new QemuDataCentre({ folders, accelerator: kind }),
  tokens: environment.HETZNER_TOKENS,
  tls: await readCertificate(environment.SANDBOX_DIR, "api.hetzner.cloud"),
});
// Before the API: a client that gets an answer from the API may order a server, which may read its metadata at once.
await metadata.listen({ host: metadataService, port: 80 });
// The kernel removes the machines when the run ends.
await serve({
  name: "hetzner",
  folder: environment.SANDBOX_DIR,
  host: environment.HETZNER_HOST,
  port: environment.HETZNER_PORT,
  api,
  control,
});
