import type { HetznerClient } from "../../../hetzner/client.ts";
import { type Fence, fence, type ToFence } from "../../../hetzner/fence.ts";
import { labelsOf, type StackLabels } from "../../../hetzner/labels.ts";
import { forStack } from "../command/for-stack.ts";
import { UserError } from "../command/user-error.ts";
import type { Journal } from "../replacement/journal.ts";
import { note, type Replacement, report } from "../replacement/replacement.ts";
import { projectNameIn, stackNameIn } from "../stack/state.ts";

/** A journal of a failover. */
export type FailoverJournal = Journal & { failover: NonNullable<Journal["failover"]> };

/**
 * Makes sure, before each step that could start a second bot, that the first one can't run: Hetzner has confirmed that its
 * server is off and cut off, or a person has deleted its key at Binance.
 *
 * @throws UserError unless one of the two is so
 */
export async function requireFenced(
  replacement: Replacement,
  journal: FailoverJournal,
  client: HetznerClient,
): Promise<FailoverJournal> {
  const target = toFence(replacement, journal);
  report(
    `Fencing the server ${target.name} (${target.id}): power off, and a firewall that lets nothing through`,
  );
  const result = await fence(client, target);
  const { failover } = journal;
  if (result.isOff && result.isCutOff) {
    report("Hetzner has confirmed both: the server is off, and cut off");
    const fenced: FailoverJournal = { ...journal, failover: { ...failover, isFenced: true } };
    note(replacement, fenced);
    return fenced;
  }
  if (failover.deletedKeyPair !== undefined) {
    report(
      `${notConfirmed(result)} Going on, because you have confirmed that the key pair ${failover.deletedKeyPair} is deleted at Binance.`,
    );
    return journal;
  }
  throw new UserError(forStack(refusal(result), replacement.stack));
}

/** The server that the failover leaves. Its id is in its generation. */
export function toFence({ state }: Replacement, { server, replaced }: Journal): ToFence {
  return { id: Number.parseInt(replaced, 10), name: server.name, labels: stackLabelsIn(state) };
}

export function stackLabelsIn(state: Replacement["state"]): StackLabels {
  return labelsOf(projectNameIn(state) ?? "", stackNameIn(state) ?? "");
}

function notConfirmed({ isOff, isCutOff, problems }: Fence): string {
  const missing = [...(isOff ? [] : ["that the server is off"]), ...(isCutOff ? [] : ["that it is cut off"])];
  return [`Hetzner doesn't confirm ${missing.join(" and ")}.`, ...problems].join("\n");
}

/** What to do, with the commands. */
export function refusal(result: Fence): string {
  return [
    notConfirmed(result),
    "So the bot on the old server may still run, or start again. No second bot is started with the same key.",
    "To try it again: npm run failover",
    "To go on without this confirmation, take the key away from the old server:",
    "1. At Binance, in API Management, delete the key.",
    "2. There, create a new one. Its trusted IPs: both addresses of this stack, and no other.",
    "3. pulumi config set --secret binance:apiKey",
    "4. pulumi config set --secret binance:apiSecret",
    "5. npm run failover -- --new-key",
  ].join("\n");
}
