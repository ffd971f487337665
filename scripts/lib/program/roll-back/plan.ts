import * as z from "zod";
import { parseJson } from "../../../../binance/json.ts";
import { UserError } from "../../command/user-error.ts";
import { runRemotely, unknownCommand } from "../../ssh/remote.ts";
import type { Server } from "../../ssh/server.ts";

/** What a roll-back would do, as the server says. */
const rollBackPlan = z.object({
  previous: z.string().nullable(),
  copy: z.object({ made: z.coerce.date(), bytes: z.number().nullable() }).nullable(),
  /** A roll-back or an installation was interrupted: the server finishes that. */
  unfinished: z.boolean(),
});

export type RollBackPlan = z.infer<typeof rollBackPlan>;

/** @returns undefined for a server of a version before 0.6.0, which has no copies of the state */
export async function readPlan(server: Server): Promise<RollBackPlan | undefined> {
  const { code, stdout, stderr } = await runRemotely(server, "sudo trading-bot-program plan-roll-back");
  if (code === unknownCommand) {
    return undefined;
  }
  const { data } = rollBackPlan.safeParse(parseJson(stdout));
  if (code !== 0 || data === undefined) {
    throw new UserError(
      `The server didn't say what a roll-back would do. Nothing was changed. It reported:\n${stderr.trim()}`,
    );
  }
  return data;
}
