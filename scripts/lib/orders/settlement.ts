import { describeFailure } from "../../../binance/failure.ts";
import { fingerprint } from "../../../binance/key-pair.ts";
import type { LeftOpen, OpenOrder } from "../../../binance/open-orders.ts";
import { sentence } from "../../../binance/text.ts";
import {
  allLines,
  leftOpenText,
  listsText,
  lookYourself,
  unreadListsText,
  unreadText,
} from "../../../checklist/left-open.ts";
import { canAsk, confirm } from "../command/ask.ts";
import { UserError } from "../command/user-error.ts";
import type { StackOutputs } from "../stack/outputs.ts";
import type { Access } from "./access.ts";
import { canceledText, cancelProblem, cancelQuestion } from "./texts.ts";
import { type Account, cancel, readOpen } from "./through-server.ts";

/** What is done about the open orders of an account whose bot was stopped. */
export interface SettlementOptions {
  outputs: StackOutputs;
  /** Reads the key pair of the settings, and what it is for. */
  readAccess: () => Promise<Access | undefined> | Access | undefined;
  /** Whether the bot is known to be off. */
  isStopped: boolean;
  /** Whether the orders are to be canceled, after a question. "if stopped": a bot that may still run places new ones. */
  cancels: "no" | "if stopped" | "yes";
  /** Nothing is asked. */
  yes: boolean;
  /** Shows a text to the person. */
  print: (text: string) => void;
}

/** The open orders, and what was done about them. */
export interface Settlement {
  /** Undefined if nothing could be read, or if there is no key pair to read it with. */
  open?: LeftOpen;
  canceled?: OpenOrder[];
  /** No longer open, and it is unknown whether they were canceled or filled. */
  unanswered?: OpenOrder[];
  /** What could not be done, and what to do instead. */
  problem?: string;
}

/**
 * Lists the account's open orders, and cancels them if that is wanted. The bot is stopped by now, so a problem is returned
 * and not thrown: it must not look as if the stop had failed.
 */
export async function settleOrders(options: SettlementOptions): Promise<Settlement> {
  try {
    return await settle(options);
  } catch (error) {
    if (error instanceof UserError) {
      return { problem: `The account's open orders could not be read. ${error.message}${onServer(options)}` };
    }
    // Whatever it is, a caller has more to do, such as to delete the key pair.
    const name = error instanceof Error ? error.name : typeof error;
    return { problem: unreadText(`this program has a mistake (${name}), please report it`) };
  }
}

/** Another way to read the orders, if the settings don't have the pair that is live. */
function onServer({ outputs: { liveKeyPair, isPaper } }: SettlementOptions): string {
  return liveKeyPair === undefined || liveKeyPair === "none" || isPaper
    ? ""
    : `\nThe key pair on the server may still work. This lists the orders with it: ${listOnServer}\nTo cancel them, set the values of that pair again, or do it on binance.com, under Orders.`;
}

const listOnServer =
  'npm run ssh -- "sudo systemctl start trading-bot-left-open; sudo journalctl --unit=trading-bot-left-open --lines=20 --output=cat"';

async function settle(options: SettlementOptions): Promise<Settlement> {
  const { outputs, isStopped, print } = options;
  const access = await options.readAccess();
  if (access === undefined) {
    return outputs.liveKeyPair === undefined || outputs.liveKeyPair === "none"
      ? {}
      : { problem: `${noKeyPair}${onServer(options)}` };
  }
  if (fingerprint(access.keyPair) !== outputs.liveKeyPair) {
    print("The stack's settings have another key pair than the server. This is about that key's account.");
  }
  if (outputs.isPaper) {
    print(
      "The bot is in paper mode, and doesn't trade in this account. What is open in it is from you, from other programs, or from the time before paper mode.",
    );
  }
  const account = { server: outputs, ...access };
  const open = await readOpen(account);
  if (!open.ok) {
    const isLive = fingerprint(access.keyPair) === outputs.liveKeyPair;
    return { problem: `${leftOpenText(open, account.market)}${isLive ? "" : onServer(options)}` };
  }
  const mayRun = !isStopped || outputs.isPaper;
  const lists = listsText(open.value, account.market, { most: allLines, mayRun });
  if (lists !== "") {
    print(lists);
  }
  const settled = await cancelIfWanted(options, account, open.value);
  // What was read doesn't depend on what wasn't, and both are said.
  const problem = [unreadListsText(open.value.unread), settled.problem].filter(Boolean).join("\n");
  return { open: open.value, ...settled, ...(problem !== "" && { problem }) };
}

async function cancelIfWanted(
  options: SettlementOptions,
  account: Account,
  open: LeftOpen,
): Promise<Settlement> {
  const { outputs, isStopped, cancels } = options;
  if (open.orders.length === 0 || cancels === "no") {
    return {};
  }
  if (outputs.isPaper) {
    return { problem: notOfBot };
  }
  return cancels === "if stopped" && !isStopped
    ? { problem: mayPlaceNew }
    : cancelAfterQuestion(options, account, open);
}

const mayPlaceNew =
  "The orders were not canceled, because the bot may still run and place new ones. Stop it first.";

const notOfBot = `The orders were not canceled, because the bot doesn't trade in this account. ${lookYourself}`;

const noKeyPair = unreadText("the stack's settings have no key pair");

async function cancelAfterQuestion(
  { yes, print }: SettlementOptions,
  account: Account,
  open: LeftOpen,
): Promise<Settlement> {
  if (!yes && !canAsk()) {
    return {
      problem:
        "The orders were not canceled: that must be confirmed, and there is no terminal to ask in. With --yes it isn't asked: npm run stop -- --cancel-orders --yes",
    };
  }
  if (!(await confirm({ text: cancelQuestion(open), answer: "yes", yes }))) {
    return { problem: "The orders were not canceled." };
  }
  const result = await cancel(account, open.orders);
  if (!result.ok) {
    const reason = sentence(describeFailure(result.failure));
    return { problem: `The orders were not canceled: ${reason} ${lookYourself}` };
  }
  print(canceledText(result.value, account.market));
  const problem = cancelProblem(result.value);
  const { canceled, unanswered } = result.value;
  return { canceled, unanswered, ...(problem !== undefined && { problem }) };
}
