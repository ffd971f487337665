// Binance's hosts for programs, which every bot may reach. ccxt requests futures markets also for a bot that trades spot.
// What a bot may trade is decided by the permissions of its key, and not by these names.

const real = {
  "binance.com": [
    ...["api", "api1", "api2", "api3", "api4", "api-gcp", "stream", "stream-sbe", "ws-api"],
    ...["fapi", "fstream", "ws-fapi", "dapi", "dstream", "ws-dapi", "eapi", "nbstream", "papi"],
  ],
  // Market data without a key, and files with old prices.
  "binance.vision": ["data", "data-api", "data-stream"],
};

/** Accounts with play money. */
const paper = {
  "binance.com": [
    ...["demo-api", "demo-stream", "demo-ws-api", "demo-fapi", "demo-dapi", "demo-fstream", "demo-dstream"],
  ],
  "testnet.binance.vision": ["api1", "stream", "ws-api"],
  "binance.vision": ["testnet"],
  "binancefuture.com": ["testnet", "stream", "fstream", "dstream"],
};

export const exchangeHosts: readonly string[] = [real, paper].flatMap((domains) =>
  Object.entries(domains).flatMap(([domain, names]) => names.map((name) => `${name}.${domain}`)),
);

/** Those of WebSockets: market streams, and the stream of an account. Other connections may also end without a fault. */
export const streamHosts: readonly string[] = exchangeHosts.filter((name) =>
  /^[a-z-]*(stream|ws-)/.test(name),
);

/** Binance's streams also use the second one. */
export const exchangePorts: readonly number[] = [443, 9443];
