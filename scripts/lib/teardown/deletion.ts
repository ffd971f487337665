import { type HetznerAccess, HetznerClient } from "../../../hetzner/client.ts";
import { liftProtection, restoreProtection } from "../../../hetzner/protection.ts";
import { requireNotInterrupted, surviveClosedOutput, uninterrupted } from "../process/uninterrupted.ts";
import { runPulumi } from "../stack/pulumi-cli.ts";
import { showPulumi } from "../stack/pulumi-shown.ts";
import { type Address, addressesIn, readStackState } from "../stack/state.ts";
import { requireNoUnknownServer } from "./at-hetzner.ts";
import { type Hooks, prepareState, withHooks } from "./state-edit.ts";

/** A stack that is torn down. */
export interface Target {
  /** As in the command's --stack; undefined for the selected one. */
  stack: string | undefined;
  access: HetznerAccess;
  /** How to go on after an interruption: "To continue: npm run teardown". */
  toContinue: string;
}

// The refresh finds out what was deleted by hand. The owner has seen what is deleted, so there is no preview.
const destroy = ["destroy", "--yes", "--skip-preview", "--refresh"];

/**
 * Deletes everything, or everything but the address. Until everything else is deleted, the address is protected by
 * Pulumi and by Hetzner. If it can't be deleted then, it is protected again. After Ctrl-C, the operation that is running
 * ends, nothing more is deleted, and what is left is protected and gets its hooks again. A closed pipe ends nothing.
 *
 * @returns whether all of it was deleted. If not, it can be called again
 * @throws UserError if it can't begin
 * @throws Interrupted
 */
export function deleteStack(target: Target, { keepsAddress }: { keepsAddress: boolean }): Promise<boolean> {
  surviveClosedOutput();
  return uninterrupted(async () => {
    const state = await readStackState(target.stack);
    await requireNoUnknownServer(new HetznerClient(target.access), state);
    const addresses = addressesIn(state);
    requireMayGoOn(target);
    const hooks = await removeHooks(target);
    try {
      return addresses.length === 0
        ? await destroyAll(target)
        : (await deleteAllBut(target, addresses)) && (keepsAddress || (await deleteLast(target, addresses)));
    } finally {
      await restoreHooks(target, hooks);
    }
  });
}

async function deleteAllBut(target: Target, addresses: Address[]): Promise<boolean> {
  for (const address of addresses) {
    // An earlier teardown that was killed may have left it without protection.
    await protect(target, address);
  }
  return runDestroy(target, [...destroy, "--exclude-protected"]);
}

async function deleteLast(target: Target, addresses: Address[]): Promise<boolean> {
  let isDeleted = false;
  try {
    for (const address of addresses) {
      await liftBoth(target, address);
    }
    isDeleted = await destroyAll(target);
  } finally {
    if (!isDeleted) {
      await protectWhatIsLeft(target);
    }
  }
  return isDeleted;
}

function destroyAll(target: Target): Promise<boolean> {
  return runDestroy(target, destroy);
}

async function runDestroy(target: Target, args: string[]): Promise<boolean> {
  requireMayGoOn(target);
  const code = await showPulumi(args, target.stack);
  requireMayGoOn(target);
  return code === 0;
}

function requireMayGoOn({ toContinue }: Target): void {
  requireNotInterrupted(`Interrupted. Nothing more is deleted. ${toContinue}`);
}

async function liftBoth({ stack, access }: Target, { urn, id }: Address): Promise<void> {
  const failure = "The address's protection in Pulumi can't be lifted.";
  await runPulumi(["state", "unprotect", urn, "--yes"], stack, failure);
  await liftProtection(new HetznerClient(access), id);
}

async function protectWhatIsLeft(target: Target): Promise<void> {
  for (const address of addressesIn(await readStackState(target.stack))) {
    await protect(target, address);
    process.stderr.write(`The address ${address.ipAddress} is still there. It is protected again.\n`);
  }
}

async function protect({ stack, access }: Target, { urn, id, isProtected }: Address): Promise<void> {
  if (!isProtected) {
    const failure = "The address can't be protected in Pulumi.";
    await runPulumi(["state", "protect", urn, "--yes"], stack, failure);
  }
  await restoreProtection(new HetznerClient(access), id);
}

async function removeHooks({ stack, access }: Target): Promise<Hooks> {
  const { edited, hooks } = prepareState(await exportState(stack), access.token);
  await importState(edited, stack);
  return hooks;
}

async function restoreHooks({ stack }: Target, hooks: Hooks): Promise<void> {
  const edited = withHooks(await exportState(stack), hooks);
  if (edited !== undefined) {
    await importState(edited, stack);
  }
}

function exportState(stack: string | undefined): Promise<string> {
  return runPulumi(["stack", "export"], stack, "The stack's state can't be read.");
}

async function importState(state: string, stack: string | undefined): Promise<void> {
  await runPulumi(["stack", "import"], stack, "The stack's state can't be changed.", state);
}
