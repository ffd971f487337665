// Binance's API, a process on the private internet. The account and its keys end with it.
import * as z from "zod";
import { readCertificate, serve } from "../emulator/serve.ts";
import { createBinance } from "./binance.ts";
import { ports, realHosts } from "./hosts.ts";
import { plainSocketServer } from "./sockets/plain.ts";

const environment = z
  .object({
    SANDBOX_DIR: z.string(),
    BINANCE_NAME: z.string().default("binance"),
    BINANCE_HOST: z.string().default("192.0.2.20"),
    BINANCE_PORT: z.coerce.number().int().default(ports.usual),
    BINANCE_OTHER_PORT: z.coerce.number().int().default(ports.alternative),
    BINANCE_PLAIN_PORT: z.coerce.number().int().default(ports.plain),
    BINANCE_SEED: z.coerce.number().int().default(1),
    BINANCE_CERTIFICATE: z.string().default(realHosts[0]),
  })
  .parse(process.env);

const { BINANCE_NAME: name, BINANCE_HOST: host, BINANCE_CERTIFICATE: certificate } = environment;
const binance = createBinance({
  tls: await readCertificate(environment.SANDBOX_DIR, certificate),
  seed: environment.BINANCE_SEED,
  report: (line) => process.stderr.write(`${name}: ${line}\n`),
});
plainSocketServer(binance.api.server).listen({ host, port: environment.BINANCE_PLAIN_PORT });
await serve({
  name,
  folder: environment.SANDBOX_DIR,
  host,
  port: environment.BINANCE_PORT,
  otherPorts: [environment.BINANCE_OTHER_PORT],
  ...binance,
});
