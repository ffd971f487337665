// Binance's API, a process on the private internet. The account and its keys end with it.
import * as z from "zod";
import { readCertificate, serve } from "../emulator/serve.ts";
import { createBinance } from "./binance.ts";

const environment = z
  .object({
    SANDBOX_DIR: z.string(),
    BINANCE_HOST: z.string().default("192.0.2.20"),
    BINANCE_PORT: z.coerce.number().int().default(443),
  })
  .parse(process.env);

await serve({
  name: "binance",
  folder: environment.SANDBOX_DIR,
  host: environment.BINANCE_HOST,
  port: environment.BINANCE_PORT,
  ...createBinance({ tls: await readCertificate(environment.SANDBOX_DIR, "api.binance.com") }),
});
