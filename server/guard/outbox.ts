import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../binance/json.ts";
import { situation } from "./situation.ts";

// A check prepares the message, and another unit sends it: what the check requires is done first. In memory, so that a
// full disk delays neither.

const message = z.object({ situation, text: z.string() });

/** A message to the owner, and the situation that it reports. */
export type Message = z.output<typeof message>;

const name = "message.json";

/** @returns undefined if there is nothing to send */
export function readMessage(directory: string): Message | undefined {
  try {
    return message.safeParse(parseJson(readFileSync(join(directory, name), "utf8"))).data;
  } catch {
    return undefined;
  }
}

export function writeMessage(directory: string, content: Message): void {
  const staged = join(directory, `.${name}`);
  writeFileSync(staged, JSON.stringify(content), { mode: 0o600 });
  renameSync(staged, join(directory, name));
}

export function removeMessage(directory: string): void {
  rmSync(join(directory, name), { force: true });
}
