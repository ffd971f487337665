import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { KeyPair } from "../../binance/key-pair.ts";
import { binance, demo, spot } from "./binance.ts";
import type { BotOnServer } from "./bot.ts";
import { formsOf } from "./canary.ts";
import type { Server } from "./server.ts";
import { changes, type Stack } from "./stack.ts";

interface Context {
  stack: Stack;
  server: Server;
  bot: BotOnServer;
  live: KeyPair;
}

/** Tests of a bot that trades without real money. `context` is called once the tampered bot runs. */
export function testPaperMode(context: () => Context): void {
  describe("a bot in paper mode", () => {
    let demoPair: KeyPair;

    /** The API key that the bot has now, and the names of its credentials. */
    const received = () =>
      context().bot.execute(`
import os
print(os.environ["KEY"], *sorted(os.listdir(os.environ["CREDENTIALS_DIRECTORY"])), end="")`);

    async function setDemoPair({ apiKey, apiSecret }: KeyPair): Promise<void> {
      await context().stack.setSecret("binance:demoApiKey", apiKey);
      await context().stack.setSecret("binance:demoApiSecret", apiSecret);
    }

    test("isn't given the live key pair, also if that is set as the demo key pair", async () => {
      const { stack, live } = context();
      await stack.setPath("bot.mode", "paper");
      await stack.setPath("bot.environment.API_HOST", "demo-api.binance.com");
      await setDemoPair(live);
      const { code, stdout, stderr } = await stack.up();
      expect(code).not.toBe(0);
      expect(stdout + stderr).toContain("isn't one of Binance's demo account");
      expect(stdout + stderr).toContain("api.binance.com accepts this key");
      expect(await received()).toBe(`${live.apiKey} binance`);
    });

    test("trades at the demo account, with its key pair and no other", async () => {
      const { stack, server, bot, live } = context();
      await bot.placesOrder();
      const { apiKey, apiSecret } = await demo.createKey({ label: "demo", whitelist: [], permissions: spot });
      demoPair = { apiKey, apiSecret: apiSecret ?? "" };
      await setDemoPair(demoPair);
      expect(changes(await stack.mustUp())).toEqual({
        bot: "update",
        "demo-key-verification": "create",
        "live-orders": "create",
      });
      expect(stack.transcript).toContain(
        "This is about the account with real money. The account has 1 open spot order",
      );
      expect(stack.transcript).toContain("To cancel them: on binance.com, under Orders.");
      expect(await received()).toBe(`${demoPair.apiKey} trading-bot-demo-key`);
      expect(
        await server.run("journalctl --namespace=trading-bot -u trading-bot -o cat --invocation=0"),
      ).toContain("The bot is in paper mode");
      expect(await stack.output("botMode")).toBe("paper");
      const stopped = await stack.script("stop", []);
      expect([stopped.code, stopped.stdout]).toEqual([
        0,
        expect.stringMatching(
          /The bot in paper mode is stopped(.|\n)*doesn't trade in this account(.|\n)*The account has 1 open spot order/,
        ),
      ]);
      expect((await stack.script("start", [])).stdout).toContain("The bot is running in paper mode.");
      // A command of its owner gets no other key either.
      const look = 'printf %s "$KEY" | sha256sum; ls "$CREDENTIALS_DIRECTORY"';
      const digest = createHash("sha256").update(demoPair.apiKey).digest("hex");
      expect((await stack.script("bot", ["--with-key", "sh", "-c", look])).stdout).toBe(
        `${digest}  -\ntrading-bot-demo-key\n`,
      );
      await expect(server.run("systemd-run --unit=trading-bot-command-key-1 true")).rejects.toThrow(
        "Assertion failed",
      );
      const printed = formsOf(demoPair).filter((form) => stack.transcript.includes(form));
      expect(printed).toEqual([]);
      // The guard repeats the check of the demo pair, and doesn't read the live one, which stays on the server.
      await binance.clearRequests();
      await demo.clearRequests();
      expect((await bot.check()).code).toBe(0);
      expect(await server.run("journalctl -u trading-bot-guard -o cat -n 20")).toContain(
        "The key isn't for real money: pass.",
      );
      const checks = (await binance.requests()).filter(({ path }) => path.startsWith("/sapi/"));
      expect(checks.map(({ status }) => status)).toEqual([expect.any(Number)]);
      expect(checks[0]?.status).toBeGreaterThanOrEqual(400);
      expect(await stack.output("liveKeyPair")).not.toBe("none");
      expect(live.apiKey).not.toBe(demoPair.apiKey);
    });

    test("goes back to real money when the setting is removed, and the demo key pair is deleted", async () => {
      const { stack, server, live } = context();
      await stack.unsetPath("bot.mode");
      await stack.unsetPath("bot.environment");
      // The guard's messages list the account's open orders again, and it no longer calls the demo host.
      expect(changes(await stack.mustUp())).toEqual({
        guard: "update",
        dns: "update",
        bot: "update",
        "demo-key-verification": "delete",
        "live-orders": "delete",
      });
      expect(await received()).toBe(`${live.apiKey} binance`);
      expect(await server.run("ls /etc/credstore.encrypted")).not.toContain("demo");
      expect(await stack.output("botMode")).toBe("live");
      const { stdout } = await stack.script("stop", ["--cancel-orders", "--yes"]);
      expect(stdout).toContain("Canceled: 1 open spot order");
      expect((await stack.script("start", [])).stdout).toContain("The bot is running.");
    });
  });
}
