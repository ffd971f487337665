import { adminUser } from "../ssh/server.ts";
import type { Step } from "./plan.ts";

/** What people read about a plan: a table, and what follows from it. Ends with a newline. */
export function planText(steps: readonly Step[]): string {
  const rows = steps.map((step) => [step.kind, atHetzner(step), inState(step), whatHappens(step)]);
  return table([["", "at Hetzner", "in the stack's state", "what this does"], ...rows]);
}

function atHetzner(step: Step): string {
  const item = "item" in step ? step.item : undefined;
  if (item === undefined) {
    return "no";
  }
  const { name, id, ip } = item;
  return `${ip === undefined ? name : `${name}, ${ip}`} (${id})`;
}

function inState(step: Step): string {
  switch (step.action) {
    case "keep":
    case "missing":
      return "yes";
    case "refresh":
      return "yes, but a change was interrupted";
    case "adopt":
      return step.record.id === undefined ? "its order was interrupted" : `as ${step.record.id}`;
    case "import":
    case "delete":
      return "no";
    case "forget":
      return "its order was interrupted";
  }
}

function whatHappens({ action }: Step): string {
  switch (action) {
    case "keep":
      return "nothing";
    case "missing":
      return "nothing: pulumi up --refresh makes it again";
    case "refresh":
      return "reads it again";
    case "adopt":
    case "import":
      return "adds it to the state";
    case "delete":
      return "DELETES IT; pulumi up makes another one";
    case "forget":
      return "removes the interrupted order from the state";
  }
}

function table(rows: string[][]): string {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

/**
 * What a person must know before a server is deleted.
 *
 * @param keyEnds whether the settings have a key that was made on a server
 */
export function serverWarning(ip: string, keyEnds: boolean): string {
  return [
    "",
    "THE SERVER IS DELETED WITH ITS DISK: the stack's state has no key with which this program could log in to it. Its bot is shut down first. What the bot has stored, such as its record of open trades, and its program are lost. Open orders and positions at Binance stay. The address stays the same.",
    "If this server belongs to the same stack on another computer, stop here and use that stack: its bot is probably running.",
    ...(keyEnds
      ? [
          "THE KEY ENDS WITH THE SERVER: its private key was made there and is nowhere else. Afterwards, make a new one: npm run make-key",
        ]
      : []),
    "If you can log in with a key of your own (the setting sshKeys), save the bot's state and program first. This stops the bot:",
    `  ssh ${adminUser}@${ip} 'sudo bot-state hold >&2 && sudo bot-state save' > state.tar.gz`,
    "docs/recovery.md says how to check that file, and how to restore it on the new server.",
    "",
  ].join("\n");
}
