import * as z from "zod";
import { HetznerClient } from "../hetzner/client.ts";
import { lookAtOrder, parseChoice } from "../hetzner/order.ts";
import { ensureOn } from "../hetzner/power.ts";
import { pulumiStep } from "./lib/command/pulumi-step.ts";

// Looks at the order before `pulumi up` makes or changes anything at Hetzner. The report goes to standard error, the
// decision as JSON to standard output, where the next run finds it. The exit code is 1 if nothing may be ordered.

const input = z.object({
  access: z.object({ token: z.string(), endpoint: z.string().optional() }),
  wanted: z.object({
    name: z.string(),
    image: z.string(),
    serverType: z.string().optional(),
    location: z.string().optional(),
    locations: z.array(z.string()),
  }),
});

await pulumiStep(input, async ({ access, wanted }) => {
  const client = new HetznerClient(access);
  const { choice, errors, warnings, report, summary, server } = await lookAtOrder(
    client,
    { ...wanted, serverType: wanted.serverType, location: wanted.location },
    previousChoice(),
  );
  // Without errors, the preview has shown the whole report.
  process.stderr.write([...errors, ...warnings, errors.length > 0 ? report : summary].join("\n"));
  // A change of the type that was interrupted may have left it off, whatever the settings say now.
  if (server?.isOff === true && (await ensureOn(client, server.id))) {
    process.stderr.write(`The server ${wanted.name} was off. It was switched on.\n`);
  }
  if (choice === undefined || errors.length > 0) {
    return 1;
  }
  process.stdout.write(`${JSON.stringify(choice)}\n`);
  return 0;
});

/** The decision of an earlier run. Pulumi sets this variable if there was one. */
function previousChoice() {
  const printed = process.env.PULUMI_COMMAND_STDOUT;
  return printed === undefined || printed === "" ? undefined : parseChoice(printed);
}
