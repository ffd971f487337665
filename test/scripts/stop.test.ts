import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { fingerprint } from "../../binance/key-pair.ts";
import { leaks } from "../arbitraries.ts";
import { type Answers, BinanceStandIn, refusedAddress } from "../support/binance-stand-in.ts";
import { makeCertificate } from "../support/certificate.ts";
import { deployKeyLine, keyPair, outputs as soundOutputs } from "../support/fixtures.ts";
import { OperatorComputer, type RunOptions } from "./operator-computer.ts";

const outputs = { ...soundOutputs, liveKeyPair: fingerprint(keyPair) };
const settings = { "binance:apiKey": keyPair.apiKey, "binance:apiSecret": keyPair.apiSecret };
const path = "/api/v3/openOrders";

const order = {
  symbol: "BTCUSDC",
  orderId: 17,
  clientOrderId: "the bot's own text \u202e",
  side: "SELL",
  type: "LIMIT",
  origQty: "0.50000000",
  executedQty: "0.10000000",
  price: "72000.00000000",
  stopPrice: "0.00000000",
};
const stopLoss = {
  ...order,
  orderId: 18,
  symbol: "ETHUSDC",
  executedQty: "0.0",
  type: "STOP_LOSS",
  price: "0.0",
  stopPrice: "1500.50",
};

let exchange: BinanceStandIn;
let computer: OperatorComputer;
let exchangeCa: string;

beforeAll(async () => {
  const certificate = makeCertificate("api.binance.com", "fapi.binance.com");
  exchange = await BinanceStandIn.start(certificate);
  exchangeCa = certificate.ca;
  computer = new OperatorComputer(outputs, certificate.ca);
});

beforeEach(() => {
  exchange.reset({ [path]: { body: [] } });
  computer.addServerProgram("bot-control", 'echo "bot-control $*: done"');
});

afterAll(() => {
  exchange.stop();
  computer.remove();
});

const runOptions = (): RunOptions => ({ settings, routes: { server: exchange.port, direct: undefined } });

async function stop(args: string[] = [], options: RunOptions = {}) {
  const ended = await computer.run("stop.ts", args, { ...runOptions(), ...options });
  for (const secret of [keyPair.apiKey, keyPair.apiSecret, deployKeyLine]) {
    expect(leaks(ended.stdout + ended.stderr + computer.calls.join("\n"), secret)).toBe(false);
  }
  expect(computer.temporaryFiles).toEqual([]);
  return ended;
}

/** An account with these open orders, of which some symbols can be canceled. */
function account(orders: (typeof order)[], refuses: string[] = []): Answers {
  const open = new Map(orders.map((one) => [one.orderId, one]));
  return {
    [`GET ${path}`]: () => ({ body: [...open.values()] }),
    [`DELETE ${path}`]: (query) => {
      const ofSymbol = [...open.values()].filter(({ symbol }) => symbol === query.get("symbol"));
      if (refuses.includes(query.get("symbol") ?? "")) {
        return { status: 400, body: { code: -2011, msg: "The market is closed." } };
      }
      if (ofSymbol.length === 0) {
        return { status: 400, body: { code: -2011, msg: "Unknown order sent." } };
      }
      for (const { orderId } of ofSymbol) {
        open.delete(orderId);
      }
      return { body: [{ orderListId: 5, orderReports: ofSymbol }] };
    },
  };
}

describe("npm run stop", () => {
  test("stops the bot first, and then lists what is open, through the server", async () => {
    exchange.reset(account([order, stopLoss]));
    const { code, stdout, stderr } = await stop();
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(
      [
        "server: bot-control stop: done",
        "The account has 2 open spot orders, and the bot no longer watches them:",
        "- BTCUSDC: SELL 0.5 (0.1 filled) at 72000, LIMIT, order 17",
        "- ETHUSDC: SELL 0.5, triggered at 1500.5, STOP_LOSS, order 18",
        "Only spot was read: this key may not trade futures.",
        "",
      ].join("\n"),
    );
    const [first = "", second = "", third = ""] = computer.calls.filter((call) => call.startsWith("ssh "));
    expect([first, second, third]).toEqual([
      expect.stringContaining("sudo bot-control stop"),
      expect.stringContaining("sudo binance-credential fingerprint"),
      expect.stringContaining("-W api.binance.com:443"),
    ]);
    expect(exchange.paths.slice(0, 3)).toEqual(["GET /api/v3/time", `GET ${path}`, "GET /api/v3/time"]);
  });

  test("stops a bot that may be hostile at once with --now, also on a server of an older version", async () => {
    expect((await stop(["--now"])).stdout).toMatch(/^server: bot-control stop-now: done\n/);
    computer.addServerProgram("bot-control", '[ "$1" = stop ] && echo "bot-control $*: done" || exit 2');
    const { code, stdout } = await stop(["--now"]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^server: bot-control stop: done\n/)]);
  });

  test("says if nothing is open", async () => {
    expect((await stop()).stdout).toBe(
      "server: bot-control stop: done\nThe account has no open spot orders.\nOnly spot was read: this key may not trade futures.\n",
    );
  });

  test.each<[string, Answers, string]>([
    ["refuses the key", { [path]: refusedAddress }, "code -2015"],
    ["can't be reached", { [path]: { instead: "cut" } }, "the connection was closed"],
    [
      "answers with a text that would change the terminal",
      { [path]: { body: [{ ...order, symbol: "BTC\u202eUSDC" }] } },
      "0.symbol",
    ],
  ])("exits with 3 if Binance %s: the bot is stopped, its orders are unknown", async (_, answers, reason) => {
    exchange.reset(answers);
    const { code, stdout, stderr } = await stop();
    expect([code, stdout]).toEqual([3, "server: bot-control stop: done\n"]);
    expect(stderr).toMatch(
      /^The account's open orders could not be read: .* Look at them yourself on binance\.com/,
    );
    expect(stderr).toContain(reason);
  });

  const { "binance:apiKey": apiKey, "binance:apiSecret": apiSecret } = settings;

  test.each([
    ["no key pair", {}, "the stack's settings have no key pair"],
    ["half of one", { "binance:apiKey": apiKey }, "binance:apiSecret is missing"],
    [
      "one that can't be valid",
      { "binance:apiKey": apiKey, "binance:apiSecret": apiKey },
      "the same as the API key",
    ],
    [
      "one that Binance refuses",
      { "binance:apiKey": "B".repeat(64), "binance:apiSecret": apiSecret },
      "code -2015",
    ],
  ])(
    "exits with 3 if the settings have %s, and says how to list the orders with the server's",
    async (_, values, reason) => {
      exchange.reset({ [path]: refusedAddress });
      const { code, stdout, stderr } = await stop([], { settings: values });
      expect([code, stdout]).toEqual([3, expect.stringMatching(/^server: bot-control stop: done\n/)]);
      expect(stderr).toContain(reason);
      expect(stderr).toContain('npm run ssh -- "sudo systemctl start trading-bot-left-open; ');
    },
  );

  test("reads them with a private key in whatever form it was set", async () => {
    const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    exchange.reset(account([order]));
    const { code, stdout } = await stop([], {
      settings: { ...settings, "binance:apiSecret": pem.replaceAll("\n", "\\n") },
    });
    expect([code, stdout]).toEqual([0, expect.stringContaining("order 17")]);
  });

  test("says whose orders they are after a roll-back on the server, of which the stack's state doesn't know", async () => {
    computer.addServerProgram("binance-credential", "echo ba9876543210");
    const { code, stdout } = await stop([], { settings });
    computer.removeServerProgram("binance-credential");
    expect([code, stdout]).toEqual([0, expect.stringContaining("another key pair than the server")]);
  });

  test("says whose orders they are if the settings have another pair than the server", async () => {
    const { code, stdout } = await stop([], { settings: { ...settings, "binance:apiKey": "B".repeat(64) } });
    expect([code, stdout]).toEqual([0, expect.stringContaining("another key pair than the server")]);
  });

  test("lists orders and positions of futures, if the key is declared for those", async () => {
    const position = { symbol: "BTCUSDT", positionAmt: "-0.500", entryPrice: "70000.0" };
    exchange.reset({
      "/sapi/v1/account/apiRestrictions": { body: { enableFutures: true } },
      "/fapi/v1/openOrders": { body: [] },
      "/fapi/v1/openAlgoOrders": { body: [] },
      "/fapi/v3/positionRisk": { body: [position] },
    });
    const options = {
      settings: { ...settings, "trading-bot-server:permissions": "futures" },
      routes: { server: exchange.port, direct: undefined },
    };
    const { code, stdout } = await stop([], options);
    expect([code, stdout]).toEqual([
      0,
      [
        "server: bot-control stop: done",
        "The account has no open futures orders.",
        "The account has 1 open position, and the bot no longer watches it:",
        "- BTCUSDT: short 0.5, entered at 70000",
        "Only futures was read: this key may not trade spot.",
        "",
      ].join("\n"),
    ]);
    expect(computer.calls.join("\n")).toContain("-W fapi.binance.com:443");
    expect(JSON.parse((await stop(["--json"], options)).stdout)).toMatchObject({ openPositions: [position] });
  });

  test("lists the orders of futures if only the positions are refused, and exits with 3", async () => {
    exchange.reset({
      "/sapi/v1/account/apiRestrictions": { body: { enableFutures: true } },
      "/fapi/v1/openOrders": { body: [{ ...order, symbol: "BTCUSDT" }] },
      "/fapi/v1/openAlgoOrders": { body: [] },
      "/fapi/v3/positionRisk": refusedAddress,
    });
    const options = {
      settings: { ...settings, "trading-bot-server:permissions": "futures" },
      routes: { server: exchange.port, direct: undefined },
    };
    const { code, stdout, stderr } = await stop([], options);
    expect([code, stdout]).toEqual([
      3,
      expect.stringContaining("\n- BTCUSDT: SELL 0.5 (0.1 filled) at 72000"),
    ]);
    expect(stderr).toMatch(
      /^The account's open positions could not be read: HTTP 401, code -2015: .*Orders\.\n$/,
    );
    const { stdout: json } = await stop(["--json"], options);
    expect(JSON.parse(json)).toMatchObject({
      openOrders: [{ orderId: 17 }],
      openPositions: null,
      unread: ["positions"],
    });
    const canceled = await stop(["--cancel-orders", "--yes"], options);
    expect([canceled.code, canceled.stderr]).toEqual([
      3,
      expect.stringContaining("open positions could not be"),
    ]);
  });

  test("ends a hostile server's report that has no end, and still lists the orders", async () => {
    computer.addServerProgram("bot-control", "exec yes");
    exchange.reset(account([order]));
    const { code, stdout, stderr } = await stop(["--now"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("sent more than 100000 bytes")]);
    expect(stdout).toContain("\nThe account has 1 open spot order:\n");
    expect(stdout.length).toBeLessThan(2_000_000);
  });

  test("cancels nothing for a bot in paper mode, and says whose orders these are", async () => {
    const paper = new OperatorComputer({ ...outputs, botMode: "paper" }, exchangeCa);
    try {
      paper.addServerProgram("bot-control", 'echo "bot-control $*: done"');
      exchange.reset(account([order]));
      const { code, stdout, stderr } = await paper.run("stop.ts", ["--cancel-orders", "--yes"], runOptions());
      expect(stdout).toMatch(
        /The bot is in paper mode, and doesn't trade in this account\. .*\nThe account has 1 open spot order:\n/,
      );
      expect([code, stderr]).toEqual([
        3,
        expect.stringContaining("The orders were not canceled, because the bot doesn't"),
      ]);
      expect(exchange.paths.slice(0, 3)).toEqual(["GET /api/v3/time", `GET ${path}`, "GET /api/v3/time"]);
      expect((await paper.run("stop.ts", [], runOptions())).code).toBe(0);
    } finally {
      paper.remove();
    }
  });

  test("says which permissions are possible if the setting is wrong", async () => {
    const { code, stderr } = await stop([], {
      settings: { ...settings, "trading-bot-server:permissions": "options" },
    });
    expect([code, stderr]).toEqual([3, expect.stringContaining("must be spot or futures")]);
  });

  test("exits with 1 if the bot could not be stopped, lists the orders, and cancels none", async () => {
    exchange.reset(account([order]));
    computer.addServerProgram("bot-control", "echo the disk is full >&2; exit 1");
    const { code, stdout, stderr } = await stop(["--cancel-orders", "--yes"]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^ssh: the disk is full\nThe orders were not canceled, because the bot may still run/,
      ),
    ]);
    expect(stdout).toContain("order 17");
    expect(stdout).not.toContain("no longer watches");
    expect(exchange.paths).not.toContain(`DELETE ${path}`);
  });

  test("tries again if the connection breaks", async () => {
    computer.addServerProgram(
      "bot-control",
      `[ -e "$FOLDER/broke" ] && { echo stopped; exit; }; touch "$FOLDER/broke"
echo "Connection closed by 203.0.113.10 port 22" >&2; exit 255`,
    );
    const { code, stdout, stderr } = await stop();
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^server: stopped\nThe account has no open spot orders/),
    ]);
    expect(stderr).toContain(
      "No connection to the server: the connection was opened, and then broke. Trying again in 2",
    );
  });

  test("exits with 255 if there is no connection, and says the same as npm run history", async () => {
    const routes = {
      server: "ssh: connect to host 203.0.113.10 port 22: Connection timed out",
      direct: undefined,
    };
    const { code, stdout, stderr } = await stop([], { routes });
    expect([code, stdout]).toEqual([255, ""]);
    const history = await computer.run("history.ts", [], { routes });
    expect(stderr).toBe(`ssh: ${routes.server}\n${history.stderr}`);
  });

  test("takes no argument", async () => {
    expect(await stop(["now"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Unexpected argument: now"),
    });
    expect(computer.calls).toEqual([]);
  });
});

describe("npm run stop -- --cancel-orders", () => {
  test("cancels what is open after a yes, and says that positions stay", async () => {
    exchange.reset(account([order, { ...order, orderId: 19 }, stopLoss]));
    const { code, screen } = await computer.runInTerminal("stop.ts", ["--cancel-orders"], {
      ...runOptions(),
      at: "Type yes",
      type: "yes\n",
    });
    expect(screen).toContain("Canceled: 3 open spot orders.");
    expect(screen).toContain("this program never buys or sells");
    expect(code).toBe(0);
    expect(exchange.paths.filter((call) => call.startsWith("DELETE"))).toHaveLength(2);
  });

  test("cancels nothing after another answer", async () => {
    exchange.reset(account([order]));
    const { code, screen } = await computer.runInTerminal("stop.ts", ["--cancel-orders"], {
      ...runOptions(),
      at: "Type yes",
      type: "no\n",
    });
    expect([code, screen]).toEqual([3, expect.stringContaining("The orders were not canceled.")]);
    expect(exchange.paths).not.toContain(`DELETE ${path}`);
  });

  test("stops the bot even if nobody can be asked, and says how to cancel", async () => {
    exchange.reset(account([order]));
    const { code, stdout, stderr } = await stop(["--cancel-orders", "--stack", "other"]);
    expect([code, stdout]).toEqual([3, expect.stringContaining("server: bot-control stop: done")]);
    expect(stderr).toContain("npm run stop -- --cancel-orders --yes --stack other");
    expect(exchange.paths).not.toContain(`DELETE ${path}`);
  });

  test("says which orders could not be canceled, and why", async () => {
    exchange.reset(account([order, stopLoss], ["BTCUSDC"]));
    const { code, stdout, stderr } = await stop(["--cancel-orders", "--yes"]);
    expect([code, stdout]).toEqual([3, expect.stringContaining("Canceled: 1 open spot order.")]);
    expect(stderr).toContain("- BTCUSDC: HTTP 400, code -2011: The market is closed.");
    expect(stderr).toContain("Still open:\n- BTCUSDC: SELL");
  });

  /** Binance cancels, and its answer is lost. */
  const losesAnswers = (orders: (typeof order)[], times: number): Answers => {
    const sound = account(orders);
    const cancels = sound[`DELETE ${path}`];
    return {
      ...sound,
      [`DELETE ${path}`]: (query) => {
        const answer = typeof cancels === "function" ? cancels(query) : {};
        return times-- > 0 ? { instead: "cut" } : answer;
      },
    };
  };

  test("an answer that is lost is unknown, and the rest is canceled over a new connection", async () => {
    exchange.reset(losesAnswers([order, stopLoss], 1));
    const { code, stdout, stderr } = await stop(["--cancel-orders", "--yes"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(
      "Canceled: 1 open spot order. 1 more order is no longer open, but Binance's answer was lost",
    );
    exchange.reset(losesAnswers([order], 1));
    const { canceled, unanswered, problem } = z
      .looseObject({ canceled: z.array(z.unknown()), unanswered: z.array(z.unknown()), problem: z.null() })
      .parse(JSON.parse((await stop(["--cancel-orders", "--yes", "--json"])).stdout));
    expect([canceled.length, unanswered.length, problem]).toEqual([0, 1, null]);
  });

  test("it is unknown what was canceled if the answer is lost, and what is open can't be read again", async () => {
    let reads = 0;
    exchange.reset({
      ...losesAnswers([order, stopLoss], 2),
      [`GET ${path}`]: () => (reads++ === 0 ? { body: [order, stopLoss] } : { instead: "cut" }),
    });
    const { code, stdout, stderr } = await stop(["--cancel-orders", "--yes"]);
    expect([code, stdout]).toEqual([3, expect.stringContaining("Canceled: 0 open spot orders.")]);
    expect(stderr).toMatch(
      /^It is unknown whether all orders were canceled\.\n- BTCUSDC: the connection was closed.*\n- ETHUSDC: not requested[^]*What is open now could not be read: the connection was closed/,
    );
  });

  test("a request that failed at Binance is repeated once", async () => {
    const sound = account([order]);
    const cancels = sound[`DELETE ${path}`];
    let failures = 0;
    exchange.reset({
      ...sound,
      [`DELETE ${path}`]: (query) =>
        failures++ === 0 || typeof cancels !== "function"
          ? { status: 500, body: { code: -1000, msg: "An unknown error occurred." } }
          : cancels(query),
    });
    const { code, stdout } = await stop(["--cancel-orders", "--yes"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("Canceled: 1 open spot order.")]);
  });

  test("an order that was filled in the meantime counts as done", async () => {
    const sound = account([order]);
    exchange.reset({
      ...sound,
      [`GET ${path}`]: (() => {
        let times = 0;
        return () => ({ body: times++ === 0 ? [order] : [] });
      })(),
      [`DELETE ${path}`]: { status: 400, body: { code: -2011, msg: "Unknown order sent." } },
    });
    const { code, stdout } = await stop(["--cancel-orders", "--yes"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("1 open spot order had ended before that")]);
  });

  test("--json prints the orders without texts that nobody has checked", async () => {
    exchange.reset(account([order]));
    const { code, stdout, stderr } = await stop(["--cancel-orders", "--yes", "--json"]);
    expect([code, stderr]).toEqual([0, "server: bot-control stop: done\n"]);
    const { orderId, symbol, side, type, origQty, executedQty, price, stopPrice } = order;
    const shown = { symbol, orderId, side, type, origQty, executedQty, price, stopPrice };
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      stopped: true,
      markets: ["spot"],
      openOrders: [shown],
      openPositions: [],
      unread: [],
      canceled: [shown],
      unanswered: [],
      problem: null,
    });
    expect(await stop(["--cancel-orders", "--json"])).toMatchObject({ code: 2 });
  });
});
