import { setTimeout as sleep } from "node:timers/promises";
import { runCommand } from "./lib/command/command.ts";
import { flag } from "./lib/command/options.ts";
import { UsageError } from "./lib/command/user-error.ts";
import { surviveClosedOutput } from "./lib/process/uninterrupted.ts";
import { styleFor } from "./lib/report/style.ts";
import { listStacks } from "./lib/stack/stack-list.ts";
import { readStackName } from "./lib/stack/stack-name.ts";
import { exitCodeOf, lookAtAll, type LookedAt, type Wanted } from "./lib/status/all-stacks.ts";
import { statusJson } from "./lib/status/json.ts";
import { statusTable } from "./lib/status/table.ts";

/** Between two looks of --watch, in ms. */
const pause = 15_000;

/** Clears a terminal, and its scroll-back stays. */
const clear = "\x1b[2J\x1b[H";

await runCommand({
  name: "status",
  usage: ["[OPTION …]"],
  description: [
    "Shows how server, bot, guard and key are, and first of all what needs you, each with the command to run.",
    "It asks Hetzner and, over one SSH connection, the server. It changes nothing, and doesn't call Binance: npm run verify does that.",
  ],
  options: {
    all: flag("show all stacks of this project that this computer knows"),
    watch: flag("show it again every 15 seconds, until Ctrl-C"),
    json: flag("print JSON, with --all a list; with --watch, one line each time"),
  },
  exitCodes: {
    0: "nothing needs you; a bot that was stopped by hand is shown, and counts as wanted",
    1: "something needs you, such as a bot that doesn't run, a guard that can't see, or a stack without a server",
    2: "something is unknown, or the command line is wrong",
  },
  run: async ({ all, watch, json, stack }) => {
    if (all && stack !== undefined) {
      throw new UsageError("--all shows every stack, so it can't be used with --stack.");
    }
    surviveClosedOutput();
    const wanted = await wantedStacks(all, stack);
    for (;;) {
      const found = await lookAtAll(wanted);
      const shown = json ? jsonText(found, all, watch) : tables(found);
      process.stdout.write(watch && !json && process.stdout.isTTY ? `${clear}${shown}` : shown);
      if (!watch) {
        return exitCodeOf(found);
      }
      await sleep(pause);
    }
  },
});

async function wantedStacks(all: boolean, stack: string | undefined): Promise<Wanted[]> {
  return all
    ? (await listStacks()).map((name) => ({ name, stack: name }))
    : [{ name: await readStackName(stack), stack }];
}

function tables(found: LookedAt[]): string {
  const style = styleFor(process.stdout);
  if (found.length === 0) {
    return "There is no stack yet. README.md says how to make one.\n";
  }
  return found.map((one) => statusTable(one, new Date(), style)).join("\n");
}

function jsonText(found: LookedAt[], isList: boolean, isLine: boolean): string {
  const objects = found.map(statusJson);
  return `${JSON.stringify(isList ? objects : objects[0], undefined, isLine ? 0 : 2)}\n`;
}
