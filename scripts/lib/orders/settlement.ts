import { describeFailure } from "../../../binance/failure.ts";
import { fingerprint } from "../../../binance/key-pair.ts";
import type { LeftOpen, Market, OpenOrder } from "../../../binance/open-orders.ts";
import { sentence } from "../../../binance/text.ts";
import {
  allLines,
  listsText,
  lookYourself,
  unreadListsText,
  unreadText,
} from "../../../checklist/left-open.ts";
import { canAsk, confirm } from "../command/ask.ts";
import { UserError } from "../command/user-error.ts";
import { readLivePair } from "../stack/live-pair.ts";
import type { StackOutputs } from "../stack/outputs.ts";
import type { Access } from "./access.ts";
import { type OpenInMarket, readMarkets } from "./markets.ts";
import { canceledText, cancelProblem, cancelQuestion } from "./texts.ts";
import { type Account, cancel } from "./through-server.ts";

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
  /** Of all markets that were read. Undefined if nothing could be read, or if there is no key pair to read it with. */
  open?: LeftOpen;
  markets?: Market["name"][];
  canceled?: OpenOrder[];
  /** No longer open, and it is unknown whether they were canceled or filled. */
  unanswered?: OpenOrder[];
  /** What could not be done, and what to do instead. */
  problem?: string;
  /** The fingerprint of the pair that is live on the server. Undefined if it is unknown. */
  live?: string | undefined;
}

/**
 * Lists the account's open orders, and cancels them if that is wanted. The bot is stopped by now, so a problem is returned
 * and not thrown: it must not look as if the stop had failed.
 */
export async function settleOrders(options: SettlementOptions): Promise<Settlement> {
  let known = options;
  try {
    known = { ...options, outputs: { ...options.outputs, liveKeyPair: await readLivePair(options.outputs) } };
    return { ...(await settle(known)), live: known.outputs.liveKeyPair };
  } catch (error) {
    if (error instanceof UserError) {
      return {
        problem: `The account's open orders could not be read. ${error.message}${onServer(known)}`,
        live: known.outputs.liveKeyPair,
      };
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
  const { read, problems, note } = await readMarkets(account);
  if (read.length === 0) {
    const isLive = fingerprint(access.keyPair) === outputs.liveKeyPair;
    return { problem: `${problems.join("\n")}${isLive ? "" : onServer(options)}` };
  }
  const mayRun = !isStopped || outputs.isPaper;
  const lists = read.map(({ open, market }) => listsText(open, market, { most: allLines, mayRun }));
  for (const text of [...lists, note]) {
    if (text !== undefined && text !== "") {
      print(text);
    }
  }
  const settled = await cancelIfWanted(options, account, read);
  // What was read doesn't depend on what wasn't, and both are said.
  const unread = read.map(({ open }) => unreadListsText(open.unread));
  const problem = [...problems, ...unread, settled.problem].filter(Boolean).join("\n");
  return {
    open: together(read),
    markets: read.map(({ market }) => market.name),
    ...settled,
    ...(problem !== "" && { problem }),
  };
}

/** What is open in all markets. */
function together(read: OpenInMarket[]): LeftOpen {
  return {
    orders: read.flatMap(({ open }) => open.orders),
    positions: read.flatMap(({ open }) => open.positions),
    unread: read.flatMap(({ open }) => open.unread),
  };
}

async function cancelIfWanted(
  options: SettlementOptions,
  account: Account,
  read: OpenInMarket[],
): Promise<Settlement> {
  const { outputs, isStopped, cancels } = options;
  if (together(read).orders.length === 0 || cancels === "no") {
    return {};
  }
  if (outputs.isPaper) {
    return { problem: notOfBot };
  }
  return cancels === "if stopped" && !isStopped
    ? { problem: mayPlaceNew }
    : cancelAfterQuestion(options, account, read);
}

const mayPlaceNew =
  "The orders were not canceled, because the bot may still run and place new ones. Stop it first.";

const notOfBot = `The orders were not canceled, because the bot doesn't trade in this account. ${lookYourself}`;

const noKeyPair = unreadText("the stack's settings have no key pair");

async function cancelAfterQuestion(
  { yes, print }: SettlementOptions,
  account: Account,
  read: OpenInMarket[],
): Promise<Settlement> {
  if (!yes && !canAsk()) {
    return {
      problem:
        "The orders were not canceled: that must be confirmed, and there is no terminal to ask in. With --yes it isn't asked: npm run stop -- --cancel-orders --yes",
    };
  }
  if (!(await confirm({ text: cancelQuestion(together(read)), answer: "yes", yes }))) {
    return { problem: "The orders were not canceled." };
  }
  const settlements: Settlement[] = [];
  for (const { market, open } of read.filter(({ open: { orders } }) => orders.length > 0)) {
    settlements.push(await cancelInMarket({ ...account, market }, open.orders, print));
  }
  const problem = settlements.flatMap((settlement) => settlement.problem ?? []).join("\n");
  return {
    canceled: settlements.flatMap(({ canceled = [] }) => canceled),
    unanswered: settlements.flatMap(({ unanswered = [] }) => unanswered),
    ...(problem !== "" && { problem }),
  };
}

async function cancelInMarket(
  account: Account,
  orders: OpenOrder[],
  print: (text: string) => void,
): Promise<Settlement> {
  const result = await cancel(account, orders);
  if (!result.ok) {
    const reason = sentence(describeFailure(result.failure));
    return { problem: `The orders were not canceled: ${reason} ${lookYourself}` };
  }
  print(canceledText(result.value, account.market));
  const problem = cancelProblem(result.value);
  const { canceled, unanswered } = result.value;
  return { canceled, unanswered, ...(problem !== undefined && { problem }) };
}
