#!/usr/bin/env node
// The operator's command for what a person does on Binance's website, and for what Binance does to an account.
import { join } from "node:path";
import { RuleViolation } from "../emulator/rule-violation.ts";
import { foldersOfThisRun } from "../run-folders.ts";
import { BinanceControl } from "./control.ts";
import { accountVerbs } from "./person/account.ts";
import { failureVerbs } from "./person/failures.ts";
import { futuresVerbs } from "./person/futures.ts";
import { keyVerbs } from "./person/keys.ts";
import { marketVerbs } from "./person/market.ts";
import { socketVerbs } from "./person/sockets.ts";
import { tradingVerbs } from "./person/trading.ts";
import { usage, UsageError, type Verb } from "./person/verb.ts";

const verbs: readonly Verb[] = [
  ...keyVerbs,
  ...accountVerbs,
  ...tradingVerbs,
  ...futuresVerbs,
  ...failureVerbs,
  ...marketVerbs,
  ...socketVerbs,
];

process.exitCode = await main(process.argv.slice(2));

async function main(commandLine: string[]): Promise<number> {
  const isPaper = commandLine[0] === "--paper";
  const [name = "--help", ...args] = isPaper ? commandLine.slice(1) : commandLine;
  try {
    if (name === "--help" || name === "-h" || args.includes("--help")) {
      process.stdout.write(usage(verbs));
      return 0;
    }
    const verb = verbs.find((one) => one.name === name);
    if (!verb) {
      throw new UsageError(`there is no verb "${name}"`);
    }
    const control = new BinanceControl(
      join(foldersOfThisRun().dir, isPaper ? "binance-paper.sock" : "binance.sock"),
    );
    process.stdout.write(await verb.run(control, args));
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) {
      throw error;
    }
    const isUsage =
      error instanceof UsageError || ("code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"));
    const hint = isUsage ? "; see binance-person --help" : "";
    process.stderr.write(
      `binance-person: ${error instanceof RuleViolation ? "refused: " : ""}${error.message}${hint}\n`,
    );
    return isUsage ? 2 : 1;
  }
}
