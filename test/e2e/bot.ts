import { join } from "node:path";
import { expect } from "@jest/globals";
import type { KeyPair } from "../../binance/key-pair.ts";
import type { Outcome } from "../../sandbox/command.ts";
import { runInMachine } from "../../sandbox/machines/inspect.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { until } from "../../sandbox/until.ts";
import { WebhookControl } from "../../sandbox/webhook/control.ts";
import { binance, createKey } from "./binance.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import { Stack } from "./stack.ts";

/** The bot of the tests, which does what it is asked to. */
export const tampered = join(import.meta.dirname, "bots/tampered");

export const webhook = new WebhookControl(join(foldersOfThisRun().dir, "webhook.sock"));

/** The webhook's path, which is a secret: everybody who knows it can post there. */
export const webhookPath = "/topic-that-only-its-owner-knows";

/** A stack with what the bot of the tests needs, besides a key pair and its program. The gate verifies key pairs. */
export async function stackWithBot(name: string): Promise<Stack> {
  const stack = await Stack.ready(name);
  await stack.unset("verification");
  await stack.setSecret("webhook", `https://hooks.example.net${webhookPath}`);
  await stack.setPath("bot.command", "/usr/bin/python3 {program}/bot.py");
  await stack.setPath("bot.key.environment.apiKey", "KEY");
  await stack.setPath("bot.key.environment.apiSecret", "SECRET");
  return stack;
}

/** A server on which the bot of the tests runs with a key pair. */
interface RunningBot {
  server: Server;
  bot: BotOnServer;
  /** The server's, which is on the key's whitelist. */
  address: string;
  live: KeyPair;
}

/** Lets the bot of the tests run on a stack of `stackWithBot`. */
export async function runTampered(stack: Stack): Promise<RunningBot> {
  await stack.mustUp();
  const address = await stack.output("ipToWhitelist");
  const server = new Server((await onlyServer()).id);
  const live = await createKey("TradingBot-Hetzner-01", [address]);
  await stack.setKeyPair(live);
  await stack.mustUp();
  expect(await stack.script("install-bot", [tampered])).toMatchObject({ code: 0 });
  return { server, bot: new BotOnServer(server), address, live };
}

/** A message to the webhook that contains the text, once there is one. */
export function reported(text: string): Promise<{ path: string; source: string; body: string }> {
  return until(async () => (await webhook.messages()).find(({ body }) => body.includes(text)));
}

/** The next order that the exchange answers, and where it came from. */
export async function nextOrder(): Promise<{ source: string; status: number | null }> {
  await binance.clearRequests();
  return until(async () =>
    (await binance.requests()).find(
      ({ path, status }) => path.startsWith("/api/v3/order/test") && status !== null,
    ),
  );
}

/** The bot on a server, as systemd sees it. */
export class BotOnServer {
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  activity(unit = "trading-bot"): Promise<string> {
    return this.#server.run(`systemctl is-active ${unit} || true`);
  }

  property(name: string): Promise<string> {
    return this.#server.run(`systemctl show -P ${name} trading-bot`);
  }

  /** Waits until the bot has this activity. */
  async becomes(activity: "active" | "inactive" | "failed"): Promise<void> {
    await until(async () => (await this.activity()) === activity);
  }

  /** Waits until another invocation than this one is active. */
  async restartsAfter(invocation: string): Promise<void> {
    await until(
      async () =>
        (await this.property("InvocationID")) !== invocation && (await this.activity()) === "active",
    );
  }

  /** A check of the guard that begins now. One that runs already may have sent its request before. */
  async check(): Promise<Outcome> {
    await until(async () => /^(inactive|failed)$/.test(await this.activity("trading-bot-guard")));
    return runInMachine(this.#server.id, ["systemctl", "start", "trading-bot-guard"]);
  }

  /** From now on until the next boot, only the test starts checks and looks at their age. */
  async withoutTimers(): Promise<void> {
    await this.#server.run("systemctl stop trading-bot-guard.timer trading-bot-watch.timer");
  }

  /** Asks the bot to do something: "crash", "end" or "hang". */
  async ask(what: string): Promise<void> {
    await this.#server.run(`touch /var/lib/trading-bot/${what}`);
  }

  async forget(what: string): Promise<void> {
    await this.#server.run(`rm /var/lib/trading-bot/${what}`);
  }

  /** Executes Python in the bot's own process, and returns what it prints. Fails if the bot is stopped before. */
  async execute(python: string): Promise<string> {
    const folder = "/var/lib/trading-bot";
    await this.#server.run(`cat > ${folder}/asking && mv ${folder}/asking ${folder}/ask.py`, python);
    return until(async () => {
      const activity = await this.activity();
      const answer = await this.#server
        .run(`cat ${folder}/answer 2>/dev/null && rm ${folder}/answer`)
        .catch(() => undefined);
      if (answer === undefined && activity === "inactive") {
        throw new Error("the bot was stopped before it answered");
      }
      return answer;
    });
  }

  /** Lets the bot place an order that stays open: it buys a little, far below the price. */
  async placesOrder(symbol = "BTCUSDC"): Promise<void> {
    expect(await this.execute(placeOrder(symbol))).toContain('"status":"NEW"');
  }

  /** From now on until the next boot, restarts don't take ten seconds each. */
  async restartsQuickly(): Promise<void> {
    await this.#addDropIn("trading-bot", "RestartSec=100ms");
  }

  /** From now on until the next boot, no start waits because the exchange is unavailable. */
  async startsWithoutPause(): Promise<void> {
    await this.#addDropIn("trading-bot-pause", "ExecStart=\nExecStart=/usr/bin/true");
  }

  async #addDropIn(unit: string, settings: string): Promise<void> {
    const folder = `/run/systemd/system/${unit}.service.d`;
    await this.#server.run(
      `mkdir -p ${folder} && cat > ${folder}/test.conf && systemctl daemon-reload`,
      `[Service]\n${settings}\n`,
    );
  }
}

function placeOrder(symbol: string): string {
  return `
import hashlib, hmac, json, os, time, urllib.error, urllib.parse, urllib.request

api = "https://api.binance.com/api/v3"
ticker = urllib.request.urlopen(f"{api}/ticker/price?symbol=${symbol}", timeout=15).read()
price = round(float(json.loads(ticker)["price"]) * 0.9)
order = {"symbol": "${symbol}", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.001", "price": price}
query = urllib.parse.urlencode({**order, "timestamp": int(time.time() * 1000)})
signature = hmac.new(os.environ["SECRET"].encode(), query.encode(), hashlib.sha256).hexdigest()
headers = {"X-MBX-APIKEY": os.environ["KEY"]}
request = urllib.request.Request(f"{api}/order?{query}&signature={signature}", method="POST", headers=headers)
try:
    print(urllib.request.urlopen(request, timeout=15).read().decode())
except urllib.error.HTTPError as error:
    print(error.read().decode())`;
}
