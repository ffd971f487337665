import type { HetznerClient } from "../../../hetzner/client.ts";
import { HetznerError } from "../../../hetzner/failure.ts";
import { findFenced } from "../../../hetzner/fence.ts";
import { lookAtOrder } from "../../../hetzner/order.ts";
import { confirm } from "../command/ask.ts";
import { forStack } from "../command/for-stack.ts";
import { UserError } from "../command/user-error.ts";
import type { Replacement } from "../replacement/replacement.ts";
import { readSetting } from "../stack/settings.ts";
import { type Address, volumeIn } from "../stack/state.ts";
import { type FailoverJournal, stackLabelsIn } from "./fencing.ts";
import { ageText, type Backup } from "./from-backup.ts";

const keyEnds =
  "THE KEY STAYS BEHIND: its private key was made on the old server and is nowhere else. The new server has no key, and the bot stays off until you make a new one: npm run make-key";

/** Where the bot's state comes from. */
export type StateSource = "server" | Backup | "none";

/** Looks whether the new server can be ordered. @returns what people read. @throws UserError if it can't */
async function lookAtFailover(
  { stack }: Replacement,
  { server }: FailoverJournal,
  target: Address,
  client: HetznerClient,
): Promise<string> {
  const serverType = (await readSetting(stack, "serverType")) ?? server.serverType;
  try {
    const { errors, warnings, report } = await lookAtOrder(client, {
      name: server.name,
      addressName: target.name,
      image: server.image,
      serverType,
      location: target.location,
      locations: [target.location],
      replaces: "server",
    });
    if (errors.length > 0) {
      throw new UserError([...errors, report.trimEnd(), "Nothing was changed."].join("\n"));
    }
    return [...warnings, report].join("\n");
  } catch (error) {
    if (!(error instanceof HetznerError)) {
      throw error;
    }
    throw new UserError(`Could not check whether the new server can be ordered. ${error.message}`);
  }
}

/** Shows what the failover means, and asks. */
export async function isWanted(
  replacement: Replacement,
  journal: FailoverJournal,
  { target, source, client }: { target: Address; source: StateSource; client: HetznerClient },
): Promise<boolean> {
  const { stack, yes, state } = replacement;
  const look = await lookAtFailover(replacement, journal, target, client);
  const isMade = (await readSetting(stack, "binance:publicKey")) !== undefined;
  // It is at the first address.
  const volume = journal.failover.to === "standby" ? volumeIn(state) : undefined;
  const fenced = (await findFenced(client, stackLabelsIn(state))).filter(({ kind }) => kind === "server");
  const lines = [
    look.trimEnd(),
    `The bot moves to ${target.ipAddress} in ${target.location}. That address must be in the key's whitelist: otherwise the bot stays off until it is.`,
    `The server ${journal.server.name} in ${journal.server.location} is fenced: powered off, and behind a firewall that lets nothing through. It stays at Hetzner and is billed until you delete it: npm run failover -- --remove-fenced`,
    ...fenced.map(
      ({ name, id }) =>
        `THE SERVER ${name} (${id}), which an earlier failover has fenced, IS DELETED with its disk: its address is needed.`,
    ),
    sourceText(source),
    ...(volume === undefined
      ? []
      : [
          `The volume ${volume.name} can't leave its location: it stays, and is billed. At ${target.ipAddress}, the state is on the server's own disk while the server is there.`,
        ]),
    "The bot is off for some minutes, in which the new server boots and its packages are installed.",
    ...(isMade ? [keyEnds] : []),
    ...(stack === undefined ? [] : [`Stack: ${stack}.`]),
    "",
  ];
  process.stdout.write(forStack(lines.join("\n"), stack));
  return confirm({ text: `Move the bot to ${target.ipAddress}? Type yes: `, answer: "yes", yes });
}

function sourceText(source: StateSource): string {
  if (source === "server") {
    return "The server answers: its bot is stopped, and the bot's state and program are copied from it to this computer first, with the copies of the state that a roll-back and `npm run restore -- --undo` need. Nothing of them is lost.";
  }
  return source === "none"
    ? "THE BOT'S STATE IS NOT COPIED: its records, such as those of open orders, and its program stay on the fenced server."
    : `The server doesn't answer. The bot gets its state and program from ${source.description}. IT IS ${ageText(source.saved, Date.now())} OLD: what the bot has stored since then is lost to it. Orders at Binance stay as they are.`;
}
