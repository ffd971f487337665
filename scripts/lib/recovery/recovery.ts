import { type HetznerAccess, HetznerClient } from "../../../hetzner/client.ts";
import { HetznerError } from "../../../hetzner/failure.ts";
import { isFenced } from "../../../hetzner/fence.ts";
import { hostName } from "../../../hetzner/host-name.ts";
import { deleteItem, findItems, isOfAnotherStack, type Item } from "../../../hetzner/inventory.ts";
import { labelsOf } from "../../../hetzner/labels.ts";
import { UserError } from "../command/user-error.ts";
import { requireNotInterrupted } from "../process/uninterrupted.ts";
import { keysIn, keysOrNone } from "../rotation/keys.ts";
import { editState, exportState as exportWithSecrets } from "../stack/edited-state.ts";
import { type ExportedState, parseExported } from "../stack/exported-state.ts";
import { runPulumi } from "../stack/pulumi-cli.ts";
import { projectName } from "../stack/settings.ts";
import { readStackName } from "../stack/stack-name.ts";
import { withActiveAddress } from "./active-address.ts";
import { importFile, protectedUrn, withFile } from "./import-file.ts";
import { refuses } from "./known-keys.ts";
import { idsIn, planRecovery, type Recovery } from "./plan.ts";
import { asOrdered, serverUrn } from "./server-import.ts";
import { withAdopted } from "./state-edit.ts";
import { rebuildWithKeys, urnPrefix } from "./taking-over.ts";

/**
 * Compares the stack's state with what Hetzner has. Nothing is changed.
 *
 * @throws UserError if either can't be read, or if it isn't clear what belongs to the stack
 * @throws HetznerError
 */
export async function lookAtStack(stack: string | undefined, access: HetznerAccess): Promise<Recovery> {
  const name = await readStackName(stack);
  const state = await exportState(stack);
  const labels = labelsOf(projectName(), name);
  const ids = idsIn(state);
  const found = await findItems(new HetznerClient(access), { names: [hostName(name)], labels, ids });
  const isKnown = ({ kind, id }: Item) => ids.some((one) => one.kind === kind && one.id === id);
  const other = found.find((item) => isOfAnotherStack(item, labels) && !isKnown(item));
  if (other !== undefined) {
    throw new UserError(
      `Hetzner's ${other.kind} ${other.name} (${other.id}) belongs to the stack ${other.labels["pulumi-stack"] ?? ""} of the project ${other.labels["pulumi-project"] ?? ""}, by its labels. Two stacks can't have the same name at Hetzner. Nothing was changed. Use another name for this stack: pulumi stack init NAME`,
    );
  }
  const server = found.find((item) => item.kind === "server" && !isKnown(item) && !isFenced(item));
  const hasKeys = server !== undefined && (await lets(stack, server));
  return { stack, name, access, state, steps: planRecovery(state, found, hasKeys) };
}

/** Whether a server that the state doesn't know has the state's keys. */
async function lets(stack: string | undefined, { ip }: Item): Promise<boolean> {
  const keys = keysOrNone(await exportWithSecrets(stack));
  return keys !== undefined && !(ip !== undefined && (await refuses(ip, keys)));
}

/** Whether anything is to be done. */
export function isComplete({ steps }: Recovery): boolean {
  return steps.every(({ action }) => action === "keep" || action === "missing");
}

/** The server whose disk is erased; undefined if none is. */
export function erasedServer({ steps }: Recovery): Item | undefined {
  return steps.flatMap((step) => (step.action === "rebuild" ? [step.item] : []))[0];
}

/** The volume that the stack has at Hetzner; undefined if it has none. */
export function volumeOf({ steps }: Recovery): Item | undefined {
  return steps.flatMap((step) => ("item" in step && step.item?.kind === "volume" ? [step.item] : []))[0];
}

/**
 * Makes sure that no other run of the Pulumi CLI works on the stack. This refresh takes the stack's lock, and changes
 * nothing.
 *
 * @throws UserError with the CLI's message
 */
export async function requireNoOtherRun({ stack, state }: Recovery): Promise<void> {
  const root = state.deployment.resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  if (root === undefined) {
    return;
  }
  const args = ["refresh", "--yes", "--skip-preview", "--skip-pending-creates", "--target", root.urn];
  await runPulumi(
    args,
    stack,
    "An earlier run may not have ended. If it was killed, and nobody else uses this stack now, run `pulumi cancel`, and then this again.",
  );
}

/**
 * Does what the plan says. It can be repeated: what an interrupted run has done is in the state.
 *
 * @param report shows progress
 * @throws UserError
 * @throws HetznerError
 */
export async function recover(recovery: Recovery, report: (line: string) => void): Promise<void> {
  await adopt(recovery, report);
  for (const step of recovery.steps) {
    requireMayGoOn();
    if (step.action === "import" && step.kind !== "server") {
      await addToState(recovery, step.item, report);
    }
  }
  // Nothing is deleted or erased before the address is in the state.
  for (const step of recovery.steps) {
    requireMayGoOn();
    if (step.action === "delete") {
      await remove(recovery, step.item, report);
    }
  }
  for (const step of recovery.steps) {
    requireMayGoOn();
    if (step.action === "rebuild") {
      await rebuildWithKeys(recovery, step.item, report);
      requireMayGoOn();
    }
    if (step.kind === "server" && (step.action === "import" || step.action === "rebuild")) {
      await addToState(recovery, step.item, report);
      await completeServer(recovery, step.item);
    }
  }
}

/** What an import doesn't see of the server. */
async function completeServer({ stack, name }: Recovery, { ip }: Item): Promise<void> {
  await editState(stack, (state) =>
    withActiveAddress(asOrdered(state, keysIn(state), ip), urnPrefix(name), ip),
  );
  const urn = serverUrn(await exportState(stack));
  const targets = urn === undefined ? [] : ["--target", urn];
  const failure = "The server can't be read from Hetzner. Run `pulumi refresh`.";
  await runPulumi(["refresh", "--yes", "--skip-preview", ...targets], stack, failure);
}

async function addToState(recovery: Recovery, item: Item, report: (line: string) => void): Promise<void> {
  report(`Adding the ${item.kind} ${item.name} to the state`);
  await importItem(recovery, item);
}

function requireMayGoOn(): void {
  requireNotInterrupted("Interrupted. To continue: npm run recover");
}

async function adopt(
  { stack, state, steps, access }: Recovery,
  report: (line: string) => void,
): Promise<void> {
  const urns = steps.flatMap((step) =>
    step.action === "adopt" ? [step.record.urn] : step.action === "refresh" ? [step.urn] : [],
  );
  const isPending = (state.deployment.pending_operations ?? []).length > 0;
  if (urns.length === 0 && !isPending) {
    return;
  }
  report("Changing the stack's state");
  const edited = JSON.stringify(withAdopted(state, steps, access.token));
  await runPulumi(["stack", "import"], stack, "The stack's state can't be changed.", edited);
  if (urns.length > 0) {
    report("Reading from Hetzner what was added");
    const targets = urns.flatMap((urn) => ["--target", urn]);
    const failure = "What was added to the state can't be read from Hetzner. Run `pulumi refresh`.";
    await runPulumi(["refresh", "--yes", "--skip-preview", ...targets], stack, failure);
  }
}

/** By a description, because only that can also make the component that the item belongs to. */
async function importItem({ stack }: Recovery, item: Item): Promise<void> {
  const failure = `The ${item.kind} ${item.name} can't be added to the state.`;
  const file = importFile(await exportState(stack), item);
  if (file === undefined) {
    throw new UserError(failure);
  }
  // Protection would include its component, which nothing protects later.
  const options = ["--yes", "--skip-preview", "--generate-code=false", "--protect=false"];
  await withFile(file, (path) => runPulumi(["import", "--file", path, ...options], stack, failure));
  const urn = protectedUrn(await exportState(stack), item);
  if (urn !== undefined) {
    await runPulumi(["state", "protect", urn, "--yes"], stack, `The ${item.kind} can't be protected.`);
  }
}

async function remove({ access }: Recovery, item: Item, report: (line: string) => void): Promise<void> {
  const client = new HetznerClient(access);
  try {
    report(`Deleting the ${item.kind} ${item.name} (${item.id})`);
    await deleteItem(client, item);
  } catch (error) {
    if (!(error instanceof HetznerError && error.code === "not_found")) {
      throw error;
    }
  }
}

async function exportState(stack: string | undefined): Promise<ExportedState> {
  return parseExported(await runPulumi(["stack", "export"], stack, "The stack's state can't be read."));
}
