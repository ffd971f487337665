import * as z from "zod";
import { pulumiStep } from "./lib/command/pulumi-step.ts";
import { type Reached, untilReachable } from "./lib/ssh/reachable.ts";

// Runs in `pulumi up` after a server is created. If this computer can't connect to it, the setting adminCidrs may be wrong,
// which the errors of later connections don't name, or the server boots slowly. The exit code is 1 if it can't.

const input = z.object({ host: z.ipv4() });

/** In ms. Hetzner's servers accept connections within a minute. */
const limit = 300_000;

const check =
  "Compare your own address (`curl -4s ifconfig.me`) with the setting (`pulumi config get adminCidrs`).";

const again = "Then run `pulumi up` again: it goes on with this server.";

const reasons: Record<Exclude<Reached, "reached">, (host: string) => string> = {
  "no-answer": (host) =>
    `The server at ${host} doesn't answer this computer. Either adminCidrs doesn't contain your own address, so that the firewall refuses it, or the server hasn't booted. ${check} If it isn't in there, set it: pulumi config set adminCidrs "$(curl -4s ifconfig.me)/32". If it is, look at the server's screen in Hetzner's Console (https://console.hetzner.cloud): if it shows a login prompt, the server has booted, and a firewall near this computer may refuse port 22; if not, wait until it has booted. ${again}`,
  "no-network": () => `This computer isn't connected to a network with IPv4. Connect it. ${again}`,
  refused: (host) =>
    `The server at ${host} is on, but SSH doesn't run on it, or a firewall near this computer answers. Look at the server in Hetzner's Cloud Console. ${again}`,
};

await pulumiStep(input, async ({ host }) => {
  const onSlow = (): void => {
    process.stderr.write(
      `${host} doesn't answer yet. It may still be booting, and this waits up to five minutes. If adminCidrs doesn't contain your own address, it will never answer. ${check}\n`,
    );
  };
  const reached = await untilReachable(host, { limit, onSlow });
  if (reached === "reached") {
    return 0;
  }
  process.stderr.write(`${reasons[reached](host)}\n`);
  return 1;
});
