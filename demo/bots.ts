import { attempt } from "../sandbox/command.ts";
import { leftOut } from "./commands.ts";

/** A bot that trades in the demo: what its owner types, and where its log or its orders show that it goes on. */
export interface Bot {
  name: string;
  /** Its program. */
  folder: string;
  settings: string[];
  /** The market from the start of the demo on. */
  market: string;
  /** The market while it is installed. */
  fall: string;
  /** Ends when it has bought, and has an order open. */
  buys: string;
  /** The price rises. */
  rise: string;
  /** Ends when it has sold. */
  sells: string;
  /** Whether it serves a page. */
  hasPage: boolean;
}

const orders = "binance-person orders BTCUSDC";
/** A bot that never gets there must not hold up the demo for good. */
const until = (condition: string) => `timeout 300 sh -c 'until ${condition}; do sleep 1; done'`;

const freqtrade: Bot = {
  name: "freqtrade",
  folder: "my-freqtrade",
  settings: [
    "cp --recursive examples/freqtrade my-freqtrade",
    "pulumi config set --path bot.preset freqtrade",
    "pulumi config set --path bot.environment.FREQTRADE__DRY_RUN false",
    "pulumi config set --path bot.environment.FREQTRADE__TIMEFRAME 1m",
  ],
  // Its strategy buys after a fall. When it starts, it reads the last minutes, and there is one.
  market: "binance-person pin-price BTCUSDC 120000",
  fall: "binance-person pin-price BTCUSDC 100000",
  buys: until(`${orders} | grep STOP_LOSS`),
  rise: "binance-person pin-price BTCUSDC 120000",
  sells: until("binance-person trades BTCUSDC | grep SELL"),
  hasPage: true,
};

const ccxt: Bot = {
  name: "the example with ccxt",
  folder: "examples/ccxt-node",
  settings: [
    "pulumi config set --path bot.preset ccxt",
    `pulumi config set --path bot.command "/usr/bin/node {program}/bot.js"`,
    "pulumi config set --path bot.environment.TRADE demo",
  ],
  market: "binance-person pin-price BTCUSDC 92000",
  fall: "binance-person pin-price BTCUSDC 90000",
  buys: until(`${orders} | grep demo-sell`),
  rise: "binance-person pin-price BTCUSDC 93000",
  sells: until("binance-person trades BTCUSDC | grep SELL"),
  hasPage: false,
};

/** freqtrade, or a bot whose packages are on this computer already. */
export async function chooseBot(): Promise<Bot> {
  const request = ["curl", "--silent", "--fail", "--output", "/dev/null"] as const;
  const { code } = await attempt([...request, "https://pypi.org/simple/freqtrade/"]);
  if (code === 0) {
    return freqtrade;
  }
  leftOut("freqtrade and its page, because PyPI can't be reached. The example with ccxt trades instead.");
  return ccxt;
}
