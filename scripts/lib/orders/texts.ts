import { describeFailure } from "../../../binance/failure.ts";
import type { Cancellation, LeftOpen, Market } from "../../../binance/open-orders.ts";
import { sentence } from "../../../binance/text.ts";
import { count, lookYourself, orderLines } from "../../../checklist/left-open.ts";

/** The question before all orders are canceled. */
export function cancelQuestion({ orders, positions, unread }: LeftOpen): string {
  const what = orders.length === 1 ? "it" : `all ${orders.length}`;
  const others = "Orders that you or other programs have placed are among them.";
  const unprotected =
    positions.length === 0 && unread.length === 0
      ? ""
      : " Positions stay open, also if one of these orders is their stop-loss.";
  return `Cancel ${what}? ${others}${unprotected} Type yes: `;
}

export function canceledText({ canceled, ended, unanswered }: Cancellation, market: Market): string {
  const others =
    ended.length === 0
      ? ""
      : ` ${count(ended.length, market)} had ended before that, such as by being filled.`;
  return `Canceled: ${count(canceled.length, market)}.${others}${unansweredText(unanswered.length)} Positions and balances stay as they are: this program never buys or sells.`;
}

function unansweredText(orders: number): string {
  if (orders === 0) {
    return "";
  }
  const [more, they] =
    orders === 1 ? ["1 more order is", "it was"] : [`${orders} more orders are`, "they were"];
  return ` ${more} no longer open, but Binance's answer was lost: whether ${they} canceled or filled is unknown. Your order history at Binance shows it.`;
}

/** @returns undefined if nothing is open any more */
export function cancelProblem({ failures, left }: Cancellation): string | undefined {
  const lines = failures.map(({ symbol, failure }) => `- ${symbol}: ${describeFailure(failure)}`);
  if (!left.ok) {
    lines.push(`What is open now could not be read: ${sentence(describeFailure(left.failure))}`);
  } else if (left.value.orders.length > 0) {
    lines.push("Still open:", ...orderLines(left.value.orders));
  }
  return lines.length === 0
    ? undefined
    : [
        left.ok ? "Not all orders were canceled." : "It is unknown whether all orders were canceled.",
        ...lines,
        lookYourself,
      ].join("\n");
}
