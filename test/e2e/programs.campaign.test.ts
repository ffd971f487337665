import { afterAll, beforeAll } from "@jest/globals";
import type { KeyPair } from "../../binance/key-pair.ts";
import { type BotOnServer, runTampered, stackWithBot } from "./bot.ts";
import { testPaperMode } from "./paper-tests.ts";
import { testPrograms } from "./program-tests.ts";
import type { Server } from "./server.ts";
import type { Stack } from "./stack.ts";

// One bot after the other on the same server. Each of them needs several runs of `pulumi up`.

let stack: Stack;
let server: Server;
let bot: BotOnServer;
let live: KeyPair;

beforeAll(async () => {
  stack = await stackWithBot("programs");
  ({ server, bot, live } = await runTampered(stack));
});

afterAll(async () => {
  await stack.remove();
});

testPaperMode(() => ({ stack, server, bot, live }));

testPrograms(() => ({ stack, server, bot, live }));
