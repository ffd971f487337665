import type { Journal } from "./journal.ts";

/**
 * What is done next in a replacement or a rebuild:
 * - "save": save the bot's state on the system that is replaced
 * - "renew": delete that server and order the new one, or rebuild the server
 * - "order": there is no server, order the new one
 * - "restore": put the saved state on the fresh system
 * - "start": check the key, and start the bot
 * - "lost": the server was replaced or deleted by something else, before its state was saved
 */
export type Phase = "save" | "renew" | "order" | "restore" | "start" | "lost";

/** @param generation that of the server in the stack's state; undefined if it has none */
export function phaseOf(journal: Journal, generation: string | undefined): Phase {
  const { replaced, withoutState, savedState, restoredOn } = journal;
  if (savedState === undefined && !withoutState) {
    return generation === replaced ? "save" : "lost";
  }
  if (generation === undefined) {
    return "order";
  }
  if (!isRenewed(journal, generation)) {
    return "renew";
  }
  return withoutState || generation === restoredOn ? "start" : "restore";
}

/** Whether the stack has the fresh system. It can be written to the state before Hetzner has made it. */
function isRenewed({ replaced, rebuild }: Journal, generation: string): boolean {
  const isSameServer = serverId(generation) === serverId(replaced);
  return !isSameServer || (rebuild?.isDone === true && generation === rebuild.generation);
}

/** The id at Hetzner of the server that has a generation. */
function serverId(generation: string): string {
  return generation.replace(/-.*/, "");
}

/** Whether the bot of a fresh system must not start yet, because the saved state comes first. */
export function awaitsState(journal: Journal | undefined, generation: string): boolean {
  return (
    journal?.savedState !== undefined && generation !== journal.replaced && generation !== journal.restoredOn
  );
}

/** What a rebuild makes of a server's generation. */
export function nextGeneration(generation: string): string {
  const [id = "", rebuilds = "0"] = generation.split("-");
  return `${id}-${Number(rebuilds) + 1}`;
}
