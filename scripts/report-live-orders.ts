import * as z from "zod";
import { permissionsSetting } from "../checklist/key-rules.ts";
import { leftOpenText, marketOf, unreadText } from "../checklist/left-open.ts";
import { pulumiStep } from "./lib/command/pulumi-step.ts";
import { UserError } from "./lib/command/user-error.ts";
import { type Account, readOpen } from "./lib/orders/through-server.ts";
import { server } from "./lib/ssh/server.ts";

// Shows which orders with real money are open, when the bot has just been changed to paper mode. It never fails: the bot is
// in paper mode by now, whatever Binance answers.

const account = z.object({
  keyPair: z.union([
    z.object({ apiKey: z.string(), apiSecret: z.string() }),
    z.object({ apiKey: z.string(), publicKey: z.string() }),
  ]),
  server,
  permissions: permissionsSetting,
});

await pulumiStep(account, async ({ permissions, ...access }) => {
  process.stderr.write(
    `The bot is in paper mode now. This is about the account with real money. ${await describe({ ...access, market: marketOf[permissions] })}\n`,
  );
  return 0;
});

async function describe(account: Account): Promise<string> {
  try {
    const open = await readOpen(account);
    const text = leftOpenText(open, account.market);
    return open.ok && open.value.orders.length > 0
      ? `${text}\nTo cancel them: on binance.com, under Orders.`
      : text;
  } catch (error) {
    return unreadText(error instanceof UserError ? error.message : "this program has a mistake");
  }
}
