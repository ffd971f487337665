import * as z from "zod";
import { pulumiStep } from "./lib/command/pulumi-step.ts";
import { readJournal, savedStateFolder } from "./lib/replacement/journal.ts";
import { awaitsState } from "./lib/replacement/phase.ts";
import { connectionTo, holdBot } from "./lib/replacement/saving.ts";
import { server } from "./lib/ssh/server.ts";

// `pulumi up` runs this once for each generation of the server, before it installs the bot. If `npm run replace` or
// `npm run rebuild` has saved a state that isn't restored yet, the bot is held until it is there. Otherwise this does nothing.

const newServer = z.object({
  server,
  /** Which system is on its disk. */
  generation: z.string(),
  /** The stack's name. */
  stack: z.string(),
});

await pulumiStep(newServer, async (input) => {
  if (awaitsState(readJournal(savedStateFolder(input.stack)), input.generation)) {
    await holdBot(connectionTo(input.server));
  }
  return 0;
});
