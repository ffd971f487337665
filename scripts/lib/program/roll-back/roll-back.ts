import { ask, canAsk, confirm } from "../../command/ask.ts";
import { UserError } from "../../command/user-error.ts";
import { accessOf } from "../../orders/access.ts";
import { settleOrders } from "../../orders/settlement.ts";
import { ageText } from "../../report/age.ts";
import { streamRemotely } from "../../ssh/remote.ts";
import type { StackOutputs } from "../../stack/outputs.ts";
import { readKeyPair, readSetting } from "../../stack/settings.ts";
import { readPlan } from "./plan.ts";
import { copyText, stateQuestion } from "./texts.ts";
import { readTrades, tradesText } from "./trades.ts";

/** With which state the bot runs after a roll-back. */
export const states = ["copy", "current"] as const;

export type State = (typeof states)[number];

/**
 * Restores the previous program. If there is a copy of the state that it has left, a person decides about the state.
 *
 * @param state the person's choice, if it was made on the command line
 * @returns the exit code
 */
export async function rollBack(
  server: StackOutputs,
  { state, yes, stack }: { state: State | undefined; yes: boolean; stack: string | undefined },
): Promise<number> {
  const plan = await readPlan(server);
  if (plan === undefined || plan.unfinished || plan.previous === null) {
    return streamRemotely(server, "sudo trading-bot-program roll-back");
  }
  if (plan.copy === null) {
    if (state === "copy") {
      throw new UserError(
        `There is no copy of the state that ${plan.previous} has left. Nothing was changed. To roll back the program with the current state: npm run install-bot -- --roll-back --state current`,
      );
    }
    process.stderr.write(`There is no copy of the state that ${plan.previous} has left: the state stays.\n`);
    return streamRemotely(server, "sudo trading-bot-program roll-back");
  }
  const { made, bytes } = plan.copy;
  const trades = tradesText(await readTrades(server), made);
  process.stdout.write(`${copyText(plan.previous, made, bytes, ageText(made, new Date()))}\n${trades}\n`);
  await showOpenOrders(server, stack);
  const chosen = await choose(state, yes);
  if (chosen === undefined) {
    process.stdout.write("Nothing was changed.\n");
    return 1;
  }
  return streamRemotely(server, `sudo trading-bot-program roll-back ${chosen}`);
}

/** The bot doesn't know those of them that it has placed since the copy was made. */
async function showOpenOrders(outputs: StackOutputs, stack: string | undefined): Promise<void> {
  const { problem } = await settleOrders({
    outputs,
    readAccess: async () => {
      const keyPair = await readKeyPair(stack);
      return keyPair && accessOf(keyPair, await readSetting(stack, "permissions"));
    },
    isStopped: false,
    cancels: "no",
    yes: false,
    print: (text) => {
      process.stdout.write(`${text}\n`);
    },
  });
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
  }
}

/** @returns undefined if the person wants neither */
async function choose(state: State | undefined, yes: boolean): Promise<State | undefined> {
  if (state !== undefined) {
    const text = `Roll back with the ${state === "copy" ? "state of the copy" : "current state"}? Type yes: `;
    return (await confirm({ text, answer: "yes", yes })) ? state : undefined;
  }
  if (!canAsk()) {
    throw new UserError(
      "Nothing was changed: there is no terminal to ask in. Choose the state with --state copy or --state current, and add --yes.",
    );
  }
  const answer = (await ask(stateQuestion)).trim().toLowerCase();
  return states.find((one) => one === answer);
}
