import * as z from "zod";
import type { Stack } from "./stack.ts";

const notice = z.object({
  kind: z.enum(["problem", "unknown", "note"]),
  text: z.string(),
  command: z.string().optional(),
});

const shown = z.looseObject({
  notices: z.array(notice),
  bot: z.looseObject({ state: z.string() }).nullish(),
  key: z.looseObject({ fingerprint: z.string() }).nullish(),
});

/** What `npm run status` says, and with which exit code. */
export async function statusOf(stack: Stack) {
  const { code, stdout } = await stack.script("status", ["--json"]);
  const { notices, bot, key } = shown.parse(JSON.parse(stdout));
  return { code, notices, bot: bot?.state, key: key?.fingerprint };
}
