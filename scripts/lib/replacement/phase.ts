import type { Journal } from "./journal.ts";

/**
 * What is done next in a replacement:
 * - "save": save the bot's state on the server that is replaced
 * - "replace": delete that server and order the new one
 * - "order": there is no server, order the new one
 * - "restore": put the saved state on the new server
 * - "start": check the key, and start the bot
 * - "lost": the server was replaced or deleted by something else, before its state was saved
 */
export type Phase = "save" | "replace" | "order" | "restore" | "start" | "lost";

/** @param serverId the server in the stack's state; undefined if it has none */
export function phaseOf(
  { replacedId, withoutState, savedState, restoredOn }: Journal,
  serverId: number | undefined,
): Phase {
  if (savedState === undefined && !withoutState) {
    return serverId === replacedId ? "save" : "lost";
  }
  if (serverId === replacedId) {
    return "replace";
  }
  if (serverId === undefined) {
    return "order";
  }
  return withoutState || serverId === restoredOn ? "start" : "restore";
}

/** Whether a new server must not start its bot yet, because the saved state comes first. */
export function awaitsState(journal: Journal | undefined, serverId: number): boolean {
  return (
    journal?.savedState !== undefined && serverId !== journal.replacedId && serverId !== journal.restoredOn
  );
}
