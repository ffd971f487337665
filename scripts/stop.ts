import { runCommand } from "./lib/command/command.ts";
import { forStack } from "./lib/command/for-stack.ts";
import { flag } from "./lib/command/options.ts";
import { UsageError } from "./lib/command/user-error.ts";
import { accessOf } from "./lib/orders/access.ts";
import { type Settlement, settleOrders } from "./lib/orders/settlement.ts";
import { surviveClosedOutput } from "./lib/process/uninterrupted.ts";
import { labels, stopMinutes } from "./lib/ssh/bot-control.ts";
import { noConnection, streamRemotely, unknownCommand } from "./lib/ssh/remote.ts";
import type { Server } from "./lib/ssh/server.ts";
import { readStackOutputs } from "./lib/stack/outputs.ts";
import { readKeyPair, readSetting } from "./lib/stack/settings.ts";

await runCommand({
  name: "stop",
  usage: ["[OPTION …]"],
  description: [
    "Stops the bot, keeps it stopped, and lists its account's open orders.",
    "It stays stopped until `npm run start` or `npm run restart`: a reboot, a new key pair, a new program and changed settings don't start it.",
    "Open orders stay at Binance, and the bot no longer watches them. They are read through the server, with the key pair of the settings: spot orders, or with `permissions: futures` the orders and positions of futures, and both if the key may trade both. Nothing here ever buys or sells: positions stay as they are. A bot in paper mode doesn't trade in this account, so --cancel-orders cancels nothing then.",
  ],
  options: {
    "cancel-orders": flag(
      "cancel all open orders of the account, after a question; also those that you or other programs have placed",
    ),
    now: flag(
      "for a bot that may be hostile: cut it off from the internet first, and kill it after five seconds, instead of letting it end within a minute",
    ),
    yes: flag("don't ask before orders are canceled"),
    json: flag("print the orders as JSON; with --cancel-orders it needs --yes"),
  },
  exitCodes: {
    0: "the bot is stopped, and its open orders are listed; with --cancel-orders, none is left",
    1: "the bot could not be stopped",
    2: "the command line is wrong, or the stack can't be read",
    3: "the bot is stopped, but its open orders could not be read, or not all of them were canceled",
    255: "no connection to the server, or it didn't finish within five minutes; whether the bot was stopped is unknown",
  },
  run: async ({ "cancel-orders": cancels, now, yes, json, stack }) => {
    if (json && cancels && !yes) {
      throw new UsageError("With --json, nothing is asked: --cancel-orders also needs --yes.");
    }
    if (cancels) {
      surviveClosedOutput();
    }
    const outputs = await readStackOutputs(stack);
    const code = await stopBot(outputs, now, json);
    if (code === noConnection) {
      return code;
    }
    const isStopped = code === 0;
    const settlement = await settleOrders({
      outputs,
      readAccess: async () => {
        const keyPair = await readKeyPair(stack);
        return keyPair && accessOf(keyPair, await readSetting(stack, "permissions"));
      },
      isStopped,
      cancels: cancels ? "if stopped" : "no",
      yes,
      print: (text) => {
        if (!json) {
          process.stdout.write(`${text}\n`);
        }
      },
    });
    if (json) {
      process.stdout.write(`${JSON.stringify(toJson(isStopped, settlement), undefined, 2)}\n`);
    }
    if (settlement.problem !== undefined) {
      process.stderr.write(`${forStack(settlement.problem, stack)}\n`);
    }
    return isStopped && settlement.problem !== undefined ? 3 : code;
  },
});

/** Returns the exit code. */
async function stopBot(server: Server, now: boolean, json: boolean): Promise<number> {
  const options = {
    minutes: stopMinutes,
    labels,
    mayRepeat: true,
    ...(json && { output: "stderr" as const }),
  };
  const code = now ? await streamRemotely(server, "sudo bot-control stop-now", options) : unknownCommand;
  // A server of an older version stops it in the usual way.
  return code === unknownCommand ? streamRemotely(server, "sudo bot-control stop", options) : code;
}

function toJson(stopped: boolean, { open, markets, canceled, unanswered, problem }: Settlement): object {
  const unread = open?.unread.map(({ name }) => name) ?? [];
  return {
    version: 1,
    stopped,
    markets: markets ?? [],
    openOrders: open?.orders ?? null,
    openPositions: open === undefined || unread.includes("positions") ? null : open.positions,
    unread,
    canceled: canceled ?? [],
    unanswered: unanswered ?? [],
    problem: problem ?? null,
  };
}
