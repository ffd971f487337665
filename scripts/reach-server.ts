import * as z from "zod";
import { pulumiStep } from "./lib/command/pulumi-step.ts";
import { untilReachable } from "./lib/ssh/reachable.ts";

// Runs in `pulumi up` after a server is created. If this computer can't connect to it, the most likely reason is the
// setting adminCidrs, which the errors of later connections don't name. The exit code is 1 if it can't.

const input = z.object({ host: z.ipv4() });

/** In ms. Hetzner's servers accept connections within a minute. */
const limit = 300_000;

const check =
  "Compare your own address (`curl -4s ifconfig.me`) with the setting (`pulumi config get adminCidrs`).";

await pulumiStep(input, async ({ host }) => {
  const onSlow = (): void => {
    process.stderr.write(
      `${host} doesn't answer yet. It may still be booting. If adminCidrs doesn't contain your own address, it will never answer. ${check}\n`,
    );
  };
  if (await untilReachable(host, { limit, onSlow })) {
    return 0;
  }
  process.stderr.write(
    `The server at ${host} doesn't answer this computer. Most likely, adminCidrs doesn't contain your own address, so that the firewall refuses it. ${check} To set it to your address: pulumi config set adminCidrs "$(curl -4s ifconfig.me)/32". Then run \`pulumi up\` again: it goes on with this server.\n`,
  );
  return 1;
});
