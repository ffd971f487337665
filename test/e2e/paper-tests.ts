import { describe, expect, test } from "@jest/globals";
import type { KeyPair } from "../../binance/key-pair.ts";
import { demo, spot } from "./binance.ts";
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
      const { stack, server, live } = context();
      const { apiKey, apiSecret } = await demo.createKey({ label: "demo", whitelist: [], permissions: spot });
      demoPair = { apiKey, apiSecret: apiSecret ?? "" };
      await setDemoPair(demoPair);
      expect(changes(await stack.mustUp())).toEqual({ bot: "update", "demo-key-verification": "create" });
      expect(await received()).toBe(`${demoPair.apiKey} trading-bot-demo-key`);
      expect(
        await server.run("journalctl --namespace=trading-bot -u trading-bot -o cat --invocation=0"),
      ).toContain("The bot is in paper mode");
      expect(await stack.output("botMode")).toBe("paper");
      expect((await stack.script("restart", [])).stdout).toContain("The bot is running in paper mode.");
      const printed = formsOf(demoPair).filter((form) => stack.transcript.includes(form));
      expect(printed).toEqual([]);
      // The live pair stays on the server, and the guard still checks it.
      expect(await stack.output("liveKeyPair")).not.toBe("none");
      expect(live.apiKey).not.toBe(demoPair.apiKey);
    });

    test("goes back to real money when the setting is removed, and the demo key pair is deleted", async () => {
      const { stack, server, live } = context();
      await stack.unsetPath("bot.mode");
      await stack.unsetPath("bot.environment");
      // The guard's messages list the account's open orders again.
      expect(changes(await stack.mustUp())).toEqual({
        guard: "update",
        bot: "update",
        "demo-key-verification": "delete",
      });
      expect(await received()).toBe(`${live.apiKey} binance`);
      expect(await server.run("ls /etc/credstore.encrypted")).not.toContain("demo");
      expect(await stack.output("botMode")).toBe("live");
    });
  });
}
