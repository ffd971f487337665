import { describeFailure } from "../../../binance/failure.ts";
import { fingerprint, type KeyPair } from "../../../binance/key-pair.ts";
import type { Cancellation, OpenOrder } from "../../../binance/open-orders.ts";
import { sentence } from "../../../binance/text.ts";
import { count, leftOpenText, orderLines, ordersPage, unreadText } from "../../../checklist/left-open.ts";
import { canAsk, confirm } from "../command/ask.ts";
import { UserError } from "../command/user-error.ts";
import type { StackOutputs } from "../stack/outputs.ts";
import { cancel, readOrders } from "./through-server.ts";

/** What is done about the open orders of an account whose bot was stopped. */
export interface SettlementOptions {
  outputs: StackOutputs;
  /** Reads the key pair of the settings. */
  readKeyPair: () => Promise<KeyPair | undefined>;
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
  /** Undefined if they could not be read, or if there is no key pair to read them with. */
  open?: OpenOrder[];
  canceled?: OpenOrder[];
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
      return { problem: `The account's open orders could not be read. ${error.message}` };
    }
    // Whatever it is, a caller has more to do, such as to delete the key pair.
    const name = error instanceof Error ? error.name : typeof error;
    return { problem: unreadText(`this program has a mistake (${name}), please report it`) };
  }
}

async function settle(options: SettlementOptions): Promise<Settlement> {
  const { outputs, isStopped, cancels, print } = options;
  const keyPair = await options.readKeyPair();
  if (keyPair === undefined) {
    return outputs.liveKeyPair === undefined || outputs.liveKeyPair === "none" ? {} : { problem: noKeyPair };
  }
  if (fingerprint(keyPair) !== outputs.liveKeyPair) {
    print(
      "The stack's settings have another key pair than the server. These are the orders of that key's account.",
    );
  }
  const open = await readOrders(outputs, keyPair);
  if (!open.ok) {
    return { problem: leftOpenText(open) };
  }
  print(leftOpenText(open, { most: Infinity, mayRun: !isStopped }));
  if (open.value.length === 0 || cancels === "no") {
    return { open: open.value };
  }
  return cancels === "if stopped" && !isStopped
    ? { open: open.value, problem: mayPlaceNew }
    : { open: open.value, ...(await cancelAfterQuestion(options, keyPair, open.value)) };
}

const mayPlaceNew =
  "The orders were not canceled, because the bot may still run and place new ones. Stop it first.";

const noKeyPair = `The account's open orders could not be read: the stack's settings have no key pair. Look at them yourself: ${ordersPage}`;

async function cancelAfterQuestion(
  { outputs, yes, print }: SettlementOptions,
  keyPair: KeyPair,
  orders: OpenOrder[],
): Promise<Settlement> {
  if (!yes && !canAsk()) {
    return {
      problem:
        "The orders were not canceled: that must be confirmed, and there is no terminal to ask in. With --yes it isn't asked: npm run stop -- --cancel-orders --yes",
    };
  }
  const text = `Cancel ${orders.length === 1 ? "it" : `all ${orders.length}`}? Orders that you or other programs have placed are among them. Type yes: `;
  if (!(await confirm({ text, answer: "yes", yes }))) {
    return { problem: "The orders were not canceled." };
  }
  const result = await cancel(outputs, keyPair, orders);
  if (!result.ok) {
    return {
      problem: `The orders were not canceled: ${sentence(describeFailure(result.failure))} Cancel them yourself: ${ordersPage}`,
    };
  }
  print(canceledText(result.value));
  const problem = cancelProblem(result.value);
  return { canceled: result.value.canceled, ...(problem !== undefined && { problem }) };
}

function canceledText({ canceled, ended }: Cancellation): string {
  const others =
    ended.length === 0 ? "" : ` ${count(ended.length)} had ended before that, such as by being filled.`;
  return `Canceled: ${count(canceled.length)}.${others} Positions and balances stay as they are: this program never buys or sells.`;
}

/** @returns undefined if nothing is open any more */
function cancelProblem({ failures, left }: Cancellation): string | undefined {
  const lines = failures.map(({ symbol, failure }) => `- ${symbol}: ${describeFailure(failure)}`);
  if (!left.ok) {
    lines.push(`What is open now could not be read: ${sentence(describeFailure(left.failure))}`);
  } else if (left.value.length > 0) {
    lines.push("Still open:", ...orderLines(left.value, Infinity));
  }
  return lines.length === 0
    ? undefined
    : ["Not all orders were canceled.", ...lines, `Look at them yourself: ${ordersPage}`].join("\n");
}
