import { runCommand } from "../command/command.ts";
import { forStack } from "../command/for-stack.ts";
import type { flag } from "../command/options.ts";
import { readStackOutputs } from "../stack/outputs.ts";
import { streamRemotely } from "./remote.ts";

/** After how many minutes a server that should stop its bot counts as not reachable. A sound one needs one or two. */
export const stopMinutes = 5;

/** What the lines of a command on the server begin with. Its standard error also has what ssh itself reports. */
export const labels = { stdout: "server: ", stderr: "ssh: " };

export interface BotCommand {
  verb: "start" | "restart";
  description: string[];
  /** Flags, each of which makes it the command VERB-FLAG of bot-control. */
  variants?: Record<string, ReturnType<typeof flag>>;
  /** What exit code 1 means. */
  failed: string;
  /** Printed after the server's report, if the command succeeded. */
  next?: string;
}

/** A command for the bot's service. On the server, server/rootfs/usr/local/sbin/bot-control does it and reports. */
export async function runBotCommand({
  verb,
  description,
  variants = {},
  failed,
  next,
}: BotCommand): Promise<void> {
  await runCommand({
    name: verb,
    usage: ["[OPTION …]"],
    description,
    options: variants,
    exitCodes: {
      0: "done",
      1: failed,
      2: "the command line is wrong, or the stack can't be read",
      255: "no connection to the server",
    },
    run: async (values) => {
      const { stack } = values;
      const chosen = Object.entries(values).find(([name, value]) => name in variants && value === true);
      const command = chosen === undefined ? verb : `${verb}-${chosen[0]}`;
      const code = await streamRemotely(await readStackOutputs(stack), `sudo bot-control ${command}`, {
        labels,
      });
      if (code === 0 && next !== undefined) {
        process.stdout.write(`${forStack(next, stack)}\n`);
      }
      return code;
    },
  });
}
