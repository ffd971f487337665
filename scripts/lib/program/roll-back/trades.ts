import * as z from "zod";
import { parseJson } from "../../../../binance/json.ts";
import { oneLine } from "../../../../binance/text.ts";
import { NoConnection, runRemotely } from "../../ssh/remote.ts";
import type { Server } from "../../ssh/server.ts";

/** How many trades are shown. */
const most = 50;

/** freqtrade stores times without a zone: "2026-01-02 03:04:05.678900", in UTC. */
const time = z.string().transform((text, context) => {
  const date = new Date(`${text.replace(" ", "T")}Z`);
  if (Number.isNaN(date.getTime())) {
    context.addIssue("not a time");
    return z.NEVER;
  }
  return date;
});

const trade = z.object({
  pair: z.string(),
  is_short: z.union([z.number(), z.boolean()]).nullish(),
  amount: z.number().nullish(),
  open_date: time,
  open_rate: z.number().nullish(),
  close_date: time.nullish(),
  close_rate: z.number().nullish(),
});

export type Trade = z.infer<typeof trade>;

const reply = z.object({ trades: z.array(trade).nullable() });

/** The latest trades in freqtrade's database. @returns undefined if there are none that can be read */
export async function readTrades(server: Server): Promise<Trade[] | undefined> {
  try {
    const { code, stdout } = await runRemotely(server, "sudo state-copy trades", { minutes: 5 });
    return code === 0 ? (reply.safeParse(parseJson(stdout)).data?.trades ?? undefined) : undefined;
  } catch (error) {
    // The roll-back itself reports it.
    if (error instanceof NoConnection) {
      return undefined;
    }
    throw error;
  }
}

/** What is known of the trades since a copy of the state was made. */
export function tradesText(trades: Trade[] | undefined, since: Date): string {
  if (trades === undefined) {
    return "What the bot has traded since then can't be listed. Before you choose the copy, look at Binance, under Orders.";
  }
  const newer = trades.filter(({ open_date: opened, close_date: closed }) => (closed ?? opened) > since);
  if (newer.length === 0) {
    return "In its database, freqtrade has opened and closed no trade since then.";
  }
  const more = newer.length > most ? [`- and ${newer.length - most} more`] : [];
  return [
    `Since then, freqtrade has opened or closed ${newer.length === 1 ? "1 trade" : `${newer.length} trades`}. The copy doesn't have these changes:`,
    ...newer.slice(0, most).map((one) => `- ${tradeText(one, since)}`),
    ...more,
  ].join("\n");
}

function tradeText(
  {
    pair,
    is_short: short,
    amount,
    open_date: opened,
    open_rate: openRate,
    close_date: closed,
    close_rate: closeRate,
  }: Trade,
  since: Date,
): string {
  const size = amount === null || amount === undefined ? "" : ` ${amount}`;
  const open = `${short === 1 || short === true ? "short" : "long"}${size}, opened ${shownTime(opened)}${at(openRate)}`;
  const end =
    closed === null || closed === undefined
      ? ", still open"
      : `, closed ${shownTime(closed)}${at(closeRate)}`;
  const known = opened > since ? "" : ", which is open in the copy";
  return `${oneLine(pair)}: ${open}${end}${known}`;
}

function at(rate: number | null | undefined): string {
  return rate === null || rate === undefined ? "" : ` at ${rate}`;
}

/** Such as "2026-01-02 03:04 UTC". */
export function shownTime(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
