import type { Journal } from "../../../../scripts/lib/replacement/journal.ts";

/** The server that is replaced: the one of test/support/stack-state.ts. */
export const oldId = 1000001;

export const savedState = {
  file: "saved-state/prod/20261126180000.tar.gz",
  sha256: "0".repeat(64),
  saved: "2026-11-26T18:00:00+00:00",
};

/** Of the rebuild of that server. */
export const rebuild = {
  image: "debian-13",
  generation: `${oldId}-1`,
  lastAction: 7,
  wasProtected: false,
  isDone: false,
  isAgain: false,
};

/** A replacement that isn't finished. */
export function openJournal(changes: Partial<Journal>): Journal {
  return {
    version: 1,
    server: {
      urn: "urn:pulumi:prod::trading-bot-server::hcloud:index/server:Server::server",
      name: "trading-bot-prod",
      serverType: "cx23",
      location: "fsn1",
      image: "debian-13",
    },
    replaced: String(oldId),
    withoutState: false,
    ...changes,
  };
}
