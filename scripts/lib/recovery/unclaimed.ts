import { type Billed, findBilled } from "../../../hetzner/billed.ts";
import type { HetznerClient } from "../../../hetzner/client.ts";
import { isFenced } from "../../../hetzner/fence.ts";
import { hostName } from "../../../hetzner/host-name.ts";
import type { Kind } from "../../../hetzner/inventory.ts";
import { labelsOf } from "../../../hetzner/labels.ts";
import { orReason } from "../command/user-error.ts";
import { type ExportedState, parseExported } from "../stack/exported-state.ts";
import { runPulumi } from "../stack/pulumi-cli.ts";
import { projectName } from "../stack/settings.ts";
import { listStacks } from "../stack/stack-list.ts";
import { idsIn } from "./plan.ts";

/**
 * What Hetzner bills and no stack of this project has in its state, as text. It reads the states of all stacks that the
 * Pulumi CLI knows on this computer.
 *
 * @throws UserError
 * @throws HetznerError
 */
export async function unclaimedText(client: HetznerClient): Promise<string> {
  const states = await readStates();
  const unreadable = [...states].flatMap(([name, state]) => (typeof state === "string" ? [name] : []));
  const readable = [...states.values()].filter((state) => typeof state !== "string");
  const claimed = new Set(readable.flatMap(idsIn).map(billedKey));
  const billed = (await findBilled(client)).filter((one) => !claimed.has(billedKey(one)));
  const ours = billed.filter(isOfThisProgram);
  return [
    ...(ours.length === 0
      ? ["Hetzner bills nothing of this program that no stack claims."]
      : ["Hetzner bills these, and no stack on this computer claims them:", ...ours.map(line)]),
    ...(ours.length === 0
      ? []
      : [
          "A stack on another computer may have them, with a running bot. To add them to the stack of that name here: npm run recover",
        ]),
    ...(unreadable.length === 0
      ? []
      : [`These stacks could not be read, and what they have may be listed: ${unreadable.join(", ")}`]),
    ...(billed.length === ours.length
      ? []
      : [
          `Of other programs, the project has ${billed.length - ours.length} more: Hetzner's Console lists them.`,
        ]),
    "",
  ].join("\n");
}

/** Hetzner's bill has both addresses of a stack as Primary IPs. */
function billedKey({ kind, id }: { kind: Kind; id: number }): string {
  return `${kind === "standby Primary IP" ? "Primary IP" : kind} ${id}`;
}

/** By the stack's name; or why it can't be read. */
async function readStates(): Promise<Map<string, ExportedState | string>> {
  const states = new Map<string, ExportedState | string>();
  for (const name of await listStacks()) {
    states.set(name, await orReason(readState(name)));
  }
  return states;
}

async function readState(name: string): Promise<ExportedState> {
  return parseExported(await runPulumi(["stack", "export"], name, "The stack's state can't be read."));
}

/** By its labels; before version 0.6.0, only names show it. */
function isOfThisProgram({ labels, name }: Billed): boolean {
  const { "pulumi-project": project } = labelsOf(projectName(), "");
  return labels["pulumi-project"] === project || name.startsWith(hostName(""));
}

function line({ kind, name, id, details, price, labels }: Billed): string {
  const stack = labels["pulumi-stack"];
  const fenced = isFenced({ labels }) ? ", fenced. To delete it: npm run failover -- --remove-fenced" : "";
  return `  ${kind} ${name} (${id}), ${details}: ${price}${stack === undefined ? "" : `, of the stack ${stack}`}${fenced}`;
}
