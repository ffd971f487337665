import { runCommand } from "./lib/command/command.ts";
import { openShell } from "./lib/ssh/remote.ts";
import { readServer } from "./lib/stack/outputs.ts";

await runCommand({
  name: "ssh",
  usage: ["[OPTION …] [COMMAND …]"],
  description: [
    "Opens a shell on the server, or runs a command there.",
    "It logs in with the stack's deploy key, and accepts the stack's host key only. It also works after a first `pulumi up` that failed.",
    "In a shell, the server controls your terminal, as with any ssh: what a compromised bot or server prints there can change what you see. The output of a command is shown without control characters; in a file or a pipe it is unchanged.",
  ],
  takes: "command",
  options: {},
  exitCodes: {
    0: "the command succeeded; other codes are the command's own",
    2: "the command line is wrong, or the stack can't be read",
    255: "no connection to the server",
  },
  run: async ({ stack }, command) => openShell(await readServer(stack), command),
});
