import { describe, expect, test } from "@jest/globals";
import { errorIn } from "../support/emulator.ts";
import { limit, market, stop, trader } from "./support.ts";

describe("an order is refused", () => {
  test.each([
    [market.replace("BTCUSDC", "NOPE"), "-1121 Invalid symbol."],
    [market.replace("BUY", "HOLD"), "-1117 Invalid side."],
    [market.replace("MARKET", "NOPE"), "-1116 Invalid orderType."],
    [limit.replace("GTC", "NOPE"), "-1115 Invalid timeInForce."],
    [
      market.replace("&side=BUY", ""),
      "-1102 Mandatory parameter 'side' was not sent, was empty/null, or malformed.",
    ],
    [
      limit.replace("&price=80000", ""),
      "-1102 Mandatory parameter 'price' was not sent, was empty/null, or malformed.",
    ],
    [
      stop.replace("&stopPrice=80000", ""),
      "-1102 Param 'stopPrice' or 'trailingDelta' must be sent, but both were empty/null!",
    ],
    [
      market.replace("0.001", "1e-3"),
      "-1100 Illegal characters found in parameter 'quantity'; legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.",
    ],
    [market.replace("0.001", "0.000000001"), "-1111 Parameter 'quantity' has too much precision."],
    [`${market}&price=1`, "-1106 Parameter 'price' sent when not required."],
    [`${market}&timeInForce=GTC`, "-1106 Parameter 'timeInForce' sent when not required."],
    [`${limit}&stopPrice=1`, "-1106 Parameter 'stopPrice' sent when not required."],
    [`${limit}&newClientOrderId=`, "-1105 Parameter 'newClientOrderId' was empty."],
    [
      `${limit}&newClientOrderId=a/b`,
      "-1100 Illegal characters found in parameter 'newClientOrderId'; legal range is '^[a-zA-Z0-9-_]{1,36}$'.",
    ],
    [`${limit}&strategyType=1`, "-1134 strategyType was less than 1000000."],
    [`${limit}&newOrderRespType=ALL`, "-1130 Data sent for parameter 'newOrderRespType' is not valid."],
    [
      `${limit}&nonsense=1`,
      "-1104 Not all sent parameters were read; read '8' parameter(s) but was sent '9'.",
    ],
    [market.replace("0.001", "0.000001"), "-1013 Filter failure: LOT_SIZE"],
    [limit.replace("80000", "80000.001"), "-1013 Filter failure: PRICE_FILTER"],
    [limit.replace("80000", "8000"), "-1013 Filter failure: PERCENT_PRICE_BY_SIDE"],
    [limit.replace("0.001", "0.00001"), "-1013 Filter failure: NOTIONAL"],
    [`${limit.replace("0.001", "0.01")}&icebergQty=0.00005`, "-1013 Filter failure: ICEBERG_PARTS"],
    [limit.replace("0.001", "0"), "-1013 Invalid quantity."],
    [market.replace("quantity=0.001", "quoteOrderQty=0"), "-1013 Invalid quantity."],
    [limit.replace("80000", "0"), "-1013 Invalid price."],
    [stop.replace("stopPrice=80000", "stopPrice=0"), "-1013 Filter failure: PRICE_FILTER"],
    [
      `${limit}&selfTradePreventionMode=TRANSFER`,
      "-1130 Data sent for parameter 'selfTradePreventionMode' is not valid.",
    ],
    [
      `${limit.replace("&price=80000", "")}&pegPriceType=PRIMARY_PEG`,
      "-1013 Pegged orders are not supported for this symbol.",
    ],
    [`${limit}&pegPriceType=NOPE`, "-1210 Invalid pegPriceType."],
    [market.replace("0.001", "1000"), "-1013 Filter failure: MARKET_LOT_SIZE"],
    [stop.replace("stopPrice=80000", "trailingDelta=5"), "-1013 Filter failure: TRAILING_DELTA"],
    [`${limit.replace("GTC", "IOC")}&icebergQty=0.0005`, "-1013 Unsupported order combination"],
    [
      limit.replace("quantity=0.001", "quantity=1"),
      "-2010 Account has insufficient balance for requested action.",
    ],
    [stop.replace("stopPrice=80000", "stopPrice=94999"), "-2010 Order would trigger immediately."],
    [
      "symbol=BTCUSDC&side=BUY&type=LIMIT_MAKER&quantity=0.001&price=91000",
      "-2010 Order would immediately match and take.",
    ],
  ])("%s", async (query, refusal) => {
    const { send } = await trader();
    expect(errorIn(await send("POST", "/order", query))).toBe(`400 ${refusal}`);
  });

  test("if too many stop orders are open", async () => {
    const { send, body } = await trader();
    for (let count = 0; count < 5; count += 1) {
      await body("POST", "/order", stop);
    }
    expect(errorIn(await send("POST", "/order", stop))).toBe("400 -1013 Filter failure: MAX_NUM_ALGO_ORDERS");
  });

  test("if key, account or symbol don't allow it", async () => {
    const { emulator, key, send } = await trader();
    const { control } = emulator;
    const refused = async (text: string, query = market) => {
      for (const path of ["/order", "/order/test"]) {
        expect(errorIn(await send("POST", path, query))).toBe(`400 ${text}`);
      }
    };
    await control.editKey(key.apiKey, { symbols: ["ETHUSDC"] });
    await refused("-2010 Symbol not whitelisted for API key.");
    await control.editKey(key.apiKey, { symbols: ["BTCUSDC"] });
    await control.editAccount({ forbiddenSymbols: ["BTCUSDC"] });
    await refused("-2010 This symbol is not permitted for this account.");
    await control.editAccount({ forbiddenSymbols: [], isReduceOnly: true });
    await refused("-2010 This action is disabled on this account.");
    expect(await send("POST", "/order", market.replace("BUY", "SELL"))).toMatchObject({ status: 200 });
    await control.editAccount({ isReduceOnly: false, canTrade: false });
    await refused("-2010 This account may not place or cancel orders.");
    expect(errorIn(await send("DELETE", "/openOrders", "symbol=BTCUSDC"))).toMatch(
      /^400 -2011 This account may not/,
    );
    await control.editAccount({ canTrade: true });
    await control.setTrading("BTCUSDC", false);
    await refused("-1013 Market is closed.");
    await expect(control.editAccount({ forbiddenSymbols: ["NOPE"] })).rejects.toThrow(
      'there is no symbol "NOPE"',
    );
  });
});

describe("a query is refused", () => {
  test.each([
    "/myTrades?symbol=BTCUSDC&fromId=1&startTime=1",
    "/myTrades?symbol=BTCUSDC&fromId=1&endTime=1",
    "/myTrades?symbol=BTCUSDC&orderId=1&startTime=1",
    "/allOrderList?fromId=0&startTime=1",
    "/allOrderList?fromId=0&endTime=1",
  ])("if an id is combined with a time: %s", async (call) => {
    const { send } = await trader();
    const [path = "", query] = call.split("?");
    expect(errorIn(await send("GET", path, query))).toBe(
      "400 -1128 Combination of optional parameters invalid.",
    );
  });
});
