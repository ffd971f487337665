import * as z from "zod";
import { hetznerAccess, HetznerClient } from "../hetzner/client.ts";
import { lookAtOrder, parseChoice } from "../hetzner/order.ts";
import { differenceFrom, takeShown } from "../hetzner/shown-order.ts";
import { pulumiStep } from "./lib/command/pulumi-step.ts";
import { replacing } from "./lib/replacement/replacing-variable.ts";

// Looks at the order before `pulumi up` makes or changes anything at Hetzner. The report goes to standard error, the
// decision as JSON to standard output, where the next run finds it. The exit code is 1 if nothing may be ordered.
// It runs before the old server is deleted: only `npm run replace` knows that, and sets the variable `replacing`.

const input = z.object({
  access: hetznerAccess,
  stack: z.string(),
  wanted: z.object({
    name: z.string(),
    addressName: z.string().optional(),
    spare: z.object({ name: z.string(), location: z.string().optional() }).optional(),
    image: z.string(),
    serverType: z.string().optional(),
    location: z.string().optional(),
    locations: z.array(z.string()),
    volume: z.union([z.int(), z.literal("none")]).optional(),
  }),
});

await pulumiStep(input, async ({ access, stack, wanted: given }) => {
  const wanted = {
    ...given,
    serverType: given.serverType,
    location: given.location,
    spare: given.spare && { name: given.spare.name, location: given.spare.location },
    ordersServer: replacing in process.env,
  };
  const { choice, errors, warnings, report, summary } = await lookAtOrder(
    new HetznerClient(access),
    wanted,
    previousChoice(),
  );
  // Without errors, the preview has shown the whole report.
  process.stderr.write([...errors, ...warnings, errors.length > 0 ? report : summary].join("\n"));
  if (choice === undefined || errors.length > 0) {
    return 1;
  }
  const now = Date.now();
  const difference = differenceFrom(takeShown(stack, wanted, now), choice);
  if (difference !== undefined) {
    process.stderr.write(`${difference}\n`);
    return 1;
  }
  // The time makes each look another one, so that the server's power is checked after it (ensure-on.ts).
  process.stdout.write(`${JSON.stringify({ ...choice, lookedAt: new Date(now).toISOString() })}\n`);
  return 0;
});

/** The decision of an earlier run. Pulumi sets this variable if there was one. */
function previousChoice() {
  const printed = process.env.PULUMI_COMMAND_STDOUT;
  return printed === undefined || printed === "" ? undefined : parseChoice(printed);
}
