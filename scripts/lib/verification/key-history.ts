import { UserError } from "../command/user-error.ts";
import { type HistoryEvent, parseHistory } from "../report/history.ts";
import { runRemotely } from "../ssh/remote.ts";
import type { Server } from "../ssh/server.ts";

/**
 * What was done with key pairs on the server, the oldest first.
 *
 * @throws NoConnection
 * @throws UserError if the server's journal can't be read
 */
export async function readKeyHistory(server: Server): Promise<HistoryEvent[]> {
  const { code, stdout, stderr } = await runRemotely(
    server,
    // Only root's entries count, because any program may use these identifiers.
    "sudo journalctl _UID=0 --identifier=bot-mode --identifier=binance-credential --output=json --no-pager --quiet",
    { limit: 256 * 1024 * 1024 },
  );
  if (code !== 0) {
    throw new UserError(`The server's journal can't be read. journalctl printed:\n${stderr.trim()}`);
  }
  return parseHistory(stdout);
}
