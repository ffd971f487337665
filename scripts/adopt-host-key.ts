import { text } from "node:stream/consumers";
import * as z from "zod";
import { parseInput } from "./lib/command/input.ts";
import { runMain, UserError } from "./lib/command/user-error.ts";
import { runRemotely } from "./lib/ssh/command.ts";
import { hostKey, privateKey, server } from "./lib/ssh/server.ts";

// `pulumi up` runs this once for each server; no person does. One line of JSON on standard input. The server may
// show the key that it was made with, or the one that it shall have, should an earlier run have got that far.

const adoption = z.object({
  server: server.extend({ hostKey: z.array(hostKey) }),
  /** What the server does with the key on its standard input. */
  command: z.string(),
  privateKey,
});

async function main(): Promise<number> {
  const input = parseInput(adoption, await text(process.stdin));
  const { code, stderr } = await runRemotely(input.server, input.command, input.privateKey);
  if (code !== 0) {
    throw new UserError(`The server did not take its new host key:\n${stderr.trim()}`);
  }
  return 0;
}

await runMain(main);
