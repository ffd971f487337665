import { text } from "node:stream/consumers";
import { z } from "zod";
import { parseInput } from "./shared/input.ts";
import { runRemotely } from "./shared/remote-command.ts";
import { hostKey, privateKey, serverInput } from "./shared/server-input.ts";
import { runMain, UserError } from "./shared/user-error.ts";

// `pulumi up` runs this once for each server; no person does. One line of JSON on standard input. The server may
// show the key that it was made with, or the one that it shall have, should an earlier run have got that far.

const adoption = z.object({
  server: serverInput.extend({ hostKey: z.array(hostKey) }),
  /** What the server does, as a POSIX shell script. */
  script: z.string(),
  privateKey,
});

async function main(): Promise<number> {
  const { server, script, privateKey: key } = parseInput(adoption, await text(process.stdin));
  const { code, stderr } = await runRemotely(server, `sudo sh -c ${quoted(script)} adopt-host-key`, key);
  if (code !== 0) throw new UserError(`The server did not take its new host key:\n${stderr.trim()}`);
  return 0;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

await runMain(main);
