import { sentence } from "../../../binance/text.ts";
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
    case "rebuild":
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
    case "rebuild":
      return "ERASES ITS DISK, and adds it to the state with new keys";
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

/** What becomes of what the bot has stored on a server whose disk is erased. */
export type Saving =
  | { kind: "own-login" }
  /** An earlier run has saved it. */
  | { kind: "saved" }
  | { kind: "impossible"; reason: string };

/**
 * What a person must know before a server's disk is erased.
 *
 * @param keyEnds whether the settings have a key that was made on a server
 * @param volume the name of the stack's volume; undefined if it has none
 */
export function serverWarning(
  ip: string,
  saving: Saving,
  { keyEnds, volume }: { keyEnds: boolean; volume: string | undefined },
): string {
  return [
    "",
    "THE SERVER'S DISK IS ERASED: the stack's state has no key with which this program could log in to it. It gets a fresh system with new keys. The server, its address and its price stay, and so do open orders and positions at Binance.",
    "If this server belongs to the same stack on another computer, stop here and use that stack: its bot is probably running.",
    ...savingText(ip, saving),
    ...(volume === undefined
      ? []
      : [
          `If the setting stateVolume isn't none, the state on the volume ${volume} stays, and the next bot goes on with it.`,
        ]),
    ...(keyEnds
      ? [
          "THE KEY ENDS WITH THE DISK: its private key was made there and is nowhere else. Afterwards, make a new one: npm run make-key",
        ]
      : []),
    "",
  ].join("\n");
}

function savingText(ip: string, saving: Saving): string[] {
  switch (saving.kind) {
    case "own-login":
      return [
        `The bot is stopped, and its state and program are saved to this computer first: your own ssh can log in as ${adminUser}@${ip}. \`npm run rebuild\` restores them afterwards.`,
      ];
    case "saved":
      return [
        "An earlier run has saved the bot's state and program. `npm run rebuild` restores them afterwards.",
      ];
    case "impossible":
      return [
        `THE BOT'S STATE CAN'T BE SAVED: your own ssh can't log in as ${adminUser}@${ip}: ${sentence(saving.reason)} What the bot has stored on this disk, such as its record of open trades, and its program are lost.`,
        `If you have a login key (the setting sshKeys), make this work first, and then run this again: ssh ${adminUser}@${ip}`,
      ];
  }
}
