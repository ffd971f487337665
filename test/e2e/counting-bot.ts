import { join } from "node:path";
import * as z from "zod";
import type { Server } from "./server.ts";

/** A bot that counts in SQLite, and tests an order with each count. */
export const countingBot = join(import.meta.dirname, "bots/counting");
const database = "/var/lib/trading-bot/counts.sqlite";

const count = z.tuple([z.int(), z.int(), z.string()]);
/** How many rows there are, the highest number, and which start of the bot wrote that one. */
export interface Counted {
  rows: number;
  highest: number;
  invocation: string;
}

/** What the bot has counted. A number that is missing is a count that was lost. */
export async function counted(server: Server): Promise<Counted> {
  const [rows, highest, invocation] = count.parse(
    await sql(
      server,
      "SELECT (SELECT COUNT(*) FROM counts), number, invocation FROM counts ORDER BY number DESC LIMIT 1",
    ),
  );
  return { rows, highest, invocation };
}

/** Which start of the bot has counted a number. */
export async function invocationOf(server: Server, number: number): Promise<string> {
  const [invocation] = z
    .tuple([z.string()])
    .parse(await sql(server, `SELECT invocation FROM counts WHERE number = ${number}`));
  return invocation;
}

/** The first row that a query finds. */
async function sql(server: Server, query: string): Promise<unknown> {
  const program = `import json, sqlite3; print(json.dumps(sqlite3.connect("file:${database}?mode=ro", uri=True, timeout=60).execute("${query}").fetchone()))`;
  return JSON.parse(await server.run(`python3 -c '${program}'`));
}
