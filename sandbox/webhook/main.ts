// Other people's sites on the private internet, in one process: a webhook, and a site that no bot needs.
import * as z from "zod";
import { readCertificate, serve } from "../emulator/serve.ts";
import { createElsewhere } from "./elsewhere.ts";
import { createReceiver } from "./receiver.ts";

const environment = z
  .object({
    SANDBOX_DIR: z.string(),
    WEBHOOK_HOST: z.string().default("192.0.2.40"),
    ELSEWHERE_HOST: z.string().default("192.0.2.50"),
  })
  .parse(process.env);

const elsewhere = createElsewhere(await readCertificate(environment.SANDBOX_DIR, "elsewhere.example.net"));
await elsewhere.listen({ host: environment.ELSEWHERE_HOST, port: 443 });
await serve({
  name: "webhook",
  folder: environment.SANDBOX_DIR,
  host: environment.WEBHOOK_HOST,
  port: 443,
  ...createReceiver({ tls: await readCertificate(environment.SANDBOX_DIR, "hooks.example.net") }),
});
