import { ErrorAnswer, unknownError } from "./errors.ts";
import type { Exchange } from "./state/exchange.ts";

/** Reports a bug in the emulator. It must be visible, and must not look like an answer of Binance. */
export function reportBug({ report }: Exchange, when: string, error: unknown): ErrorAnswer {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  report(`the emulator failed at ${when}: ${text}`);
  return unknownError();
}

/** What a client gets for an error. */
export function asErrorAnswer(exchange: Exchange, when: string, error: unknown): ErrorAnswer {
  return error instanceof ErrorAnswer ? error : reportBug(exchange, when, error);
}
