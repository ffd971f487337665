import type { Failure, Result } from "../../binance/failure.ts";
import type { LeftOpen } from "../../binance/open-orders.ts";
import { leftOpenText, marketOf, readLeftOpen, unreadText } from "../../checklist/left-open.ts";
import type { Print } from "./check.ts";
import { readConfiguration, readKeyPair } from "./configuration.ts";
import { permissionsOf, readKnownPairs } from "./declared-key.ts";
import type { Directories } from "./directories.ts";
import { journalLine } from "./journal.ts";
import { removeLeftOpen, writeLeftOpen } from "./left-open-file.ts";
import { withBinance } from "./observe.ts";
import { isPaused, pauseUntil, timeOf } from "./pause.ts";
import { readState, writeState } from "./state.ts";

/**
 * Reads which orders are open, and leaves a text about them for the next message. Called when the bot has ended: neither
 * the stop nor the message depends on it.
 */
export async function prepareLeftOpen(directories: Directories, print: Print): Promise<void> {
  removeLeftOpen(directories.runtime);
  if (!readConfiguration(directories).listsOrders) {
    return;
  }
  const { silentUntil } = readState(directories);
  const text = isPaused(silentUntil, Date.now())
    ? unreadText(`Binance wants no requests until ${timeOf(silentUntil)}`)
    : await readText(directories);
  for (const line of text.split("\n")) {
    print(journalLine("unknown", [line]));
  }
  writeLeftOpen(directories.runtime, text);
}

async function readText(directories: Directories): Promise<string> {
  const { keyPair, fingerprint } = readKeyPair(directories);
  const { key } = readConfiguration(directories);
  const market = marketOf[permissionsOf(fingerprint, key, readKnownPairs(directories.state))];
  const open = await withBinance<Result<LeftOpen>>(
    keyPair,
    (client) => readLeftOpen(client, market),
    (failure) => ({ ok: false, failure }),
    market.host,
  );
  for (const failure of open.ok ? open.value.unread.map((list) => list.failure) : [open.failure]) {
    keepPause(directories, failure);
  }
  return leftOpenText(open, market);
}

/** The next check must not call before the time that Binance has just named. */
function keepPause(directories: Directories, failure: Failure): void {
  const silentUntil = pauseUntil(failure, Date.now());
  if (silentUntil !== undefined) {
    writeState(directories, { ...readState(directories), silentUntil });
  }
}
