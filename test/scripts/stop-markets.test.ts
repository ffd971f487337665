import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { fingerprint } from "../../binance/key-pair.ts";
import { type Answer, type Answers, BinanceStandIn, refusedAddress } from "../support/binance-stand-in.ts";
import { makeCertificate } from "../support/certificate.ts";
import { keyPair, outputs } from "../support/fixtures.ts";
import { OperatorComputer } from "./operator-computer.ts";

// Which markets `npm run stop` reads: those that the key may trade, whatever the setting `permissions` says.

const spot = "/api/v3/openOrders";
const futures = ["/fapi/v1/openOrders", "/fapi/v1/openAlgoOrders", "/fapi/v3/positionRisk"] as const;
const order = {
  symbol: "BTCUSDC",
  orderId: 17,
  side: "SELL",
  type: "LIMIT",
  origQty: "0.5",
  executedQty: "0",
  price: "72000",
};
const position = { symbol: "BTCUSDT", positionAmt: "-0.500", entryPrice: "70000.0" };
const empty: Answer = { body: [] };

let exchange: BinanceStandIn;
let computer: OperatorComputer;

beforeAll(async () => {
  const certificate = makeCertificate("api.binance.com", "fapi.binance.com");
  exchange = await BinanceStandIn.start(certificate);
  computer = new OperatorComputer({ ...outputs, liveKeyPair: fingerprint(keyPair) }, certificate.ca);
});

beforeEach(() => {
  computer.addServerProgram("bot-control", "echo stopped");
});

afterAll(() => {
  exchange.stop();
  computer.remove();
});

/** What the account has, by what the key may trade. */
function account(mayTrade: { spot?: Answer; futures?: Answer }): Answers {
  const [orders, conditional, positions] = futures;
  return {
    "/sapi/v1/account/apiRestrictions": {
      body: {
        enableSpotAndMarginTrading: mayTrade.spot !== undefined,
        enableFutures: mayTrade.futures !== undefined,
      },
    },
    [spot]: mayTrade.spot ?? refusedAddress,
    ...(mayTrade.futures && {
      [orders]: mayTrade.futures,
      [conditional]: empty,
      [positions]: { body: [position] },
    }),
  };
}

const futuresOrder = { ...order, symbol: "BTCUSDT", orderId: 18 };

function stop(permissions: "spot" | "futures", answers: Answers, args: string[] = []) {
  exchange.reset(answers);
  return computer.run("stop.ts", args, {
    settings: {
      "binance:apiKey": keyPair.apiKey,
      "binance:apiSecret": keyPair.apiSecret,
      "trading-bot-server:permissions": permissions,
    },
    routes: { server: exchange.port, direct: undefined },
  });
}

test("a key for spot: says that futures weren't read", async () => {
  const { code, stdout, stderr } = await stop("spot", account({ spot: { body: [order] } }));
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("1 open spot order, and the bot no longer watches it:\n");
  expect(stdout).toContain("\nOnly spot was read: this key may not trade futures.\n");
  expect(exchange.paths.filter((path) => path.includes("/fapi/"))).toEqual([]);
});

test("both markets, if the key may trade both", async () => {
  const both = account({ spot: { body: [order] }, futures: { body: [futuresOrder] } });
  for (const permissions of ["spot", "futures"] as const) {
    const { code, stdout, stderr } = await stop(permissions, both);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("1 open spot order");
    expect(stdout).toContain("1 open futures order");
    expect(stdout).toContain("1 open position");
    expect(stdout).not.toContain("may not trade");
  }
  const { stdout } = await stop("spot", both, ["--json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    markets: ["spot", "futures"],
    openOrders: [{ orderId: 17 }, { orderId: 18 }],
    openPositions: [{ symbol: "BTCUSDT" }],
  });
});

test("a key for spot after permissions futures, which `pulumi up` has refused: lists spot, and says what is unknown", async () => {
  const { code, stdout, stderr } = await stop("futures", account({ spot: { body: [order] } }));
  expect([code, stdout]).toEqual([3, expect.stringContaining("\n- BTCUSDC: SELL 0.5 at 72000")]);
  expect(stderr).toMatch(/^The account's open futures orders could not be read: HTTP 401, code -2015/);
});

test("the other market isn't read after a failure that more requests would not explain", async () => {
  const { code, stderr } = await stop("spot", { [spot]: { status: 429, body: "" } });
  expect([code, stderr]).toEqual([3, expect.stringContaining("open orders could not be read: HTTP 429")]);
  expect(exchange.paths.filter((path) => path.includes("/fapi/"))).toEqual([]);
});

test("a failure to read what the key may trade is a problem, and so is one of the key's address", async () => {
  const unknown = await stop("spot", {
    ...account({ spot: { body: [order] } }),
    "/sapi/v1/account/apiRestrictions": { status: 503, body: "" },
  });
  expect([unknown.code, unknown.stdout]).toEqual([3, expect.stringContaining("order 17")]);
  expect(unknown.stderr).toMatch(/^Whether this key also trades futures could not be read: HTTP 503\./);
  const refused = await stop("spot", {
    [spot]: refusedAddress,
    "/sapi/v1/account/apiRestrictions": refusedAddress,
  });
  expect([refused.code, refused.stderr]).toEqual([
    3,
    expect.stringMatching(/^The account's open orders could not be read: HTTP 401, code -2015[^\n]*\n$/),
  ]);
});

test("a failure at the other market is a problem: what is open there is unknown", async () => {
  const { code, stdout, stderr } = await stop(
    "spot",
    { ...account({ spot: empty, futures: empty }), "/fapi/v1/time": { status: 503, body: "" } },
    ["--json"],
  );
  expect([code, stderr]).toEqual([
    3,
    expect.stringContaining("The account's open futures orders could not be read: HTTP 503"),
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ markets: ["spot"], openOrders: [] });
});

test("--cancel-orders cancels in both markets", async () => {
  const open = new Set([spot, futures[0]]);
  const [path] = futures;
  const listOf = (list: string, orders: object[]) => () => ({ body: open.has(list) ? orders : [] });
  const { code, stdout, stderr } = await stop(
    "spot",
    {
      ...account({ spot: empty, futures: empty }),
      [`GET ${spot}`]: listOf(spot, [order]),
      [`GET ${path}`]: listOf(path, [futuresOrder]),
      [`DELETE ${spot}`]: () => {
        open.delete(spot);
        return { body: [order] };
      },
      "DELETE /fapi/v1/allOpenOrders": () => {
        open.delete(path);
        return { body: { code: 200, msg: "done" } };
      },
      "DELETE /fapi/v1/algoOpenOrders": { body: { code: 200, msg: "done" } },
    },
    ["--cancel-orders", "--yes"],
  );
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("Canceled: 1 open spot order.");
  expect(stdout).toContain("Canceled: 1 open futures order.");
});
