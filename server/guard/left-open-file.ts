import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unreadText } from "../../checklist/left-open.ts";

// What one unit has read about open orders, for another one that sends a message. They are two units, because a message
// must also be sent if the key pair can't be decrypted, and then the unit that reads the orders doesn't start. In memory,
// so that a full disk doesn't matter.

const name = "left-open";

export function writeLeftOpen(directory: string, text: string): void {
  const staged = join(directory, `.${name}`);
  writeFileSync(staged, text, { mode: 0o600 });
  renameSync(staged, join(directory, name));
}

export function removeLeftOpen(directory: string): void {
  rmSync(join(directory, name), { force: true });
}

/** The text about open orders for one message. The next message is about another moment. */
export function takeLeftOpen(directory: string): string {
  try {
    return readFileSync(join(directory, name), "utf8");
  } catch {
    return unreadText("the journal says why");
  } finally {
    removeLeftOpen(directory);
  }
}
