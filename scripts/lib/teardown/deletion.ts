import { type HetznerAccess, HetznerClient } from "../../../hetzner/client.ts";
import { liftProtection, type Protected, restoreProtection } from "../../../hetzner/protection.ts";
import { requireNotInterrupted, surviveClosedOutput, uninterrupted } from "../process/uninterrupted.ts";
import { runPulumi } from "../stack/pulumi-cli.ts";
import { showPulumi } from "../stack/pulumi-shown.ts";
import { addressesIn, readStackState, type StackState, volumeIn } from "../stack/state.ts";
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

/** Which of the things stay that outlive the server. */
export interface Keeps {
  address: boolean;
  volume: boolean;
}

/** Something that Pulumi and Hetzner protect. */
interface Lasting extends Protected {
  urn: string;
  /** For a sentence: "The address 203.0.113.7". */
  label: string;
  isProtected: boolean;
  isKept: boolean;
}

// The refresh finds out what was deleted by hand. The owner has seen what is deleted, so there is no preview.
const destroy = ["destroy", "--yes", "--skip-preview", "--refresh"];

/**
 * Deletes everything, or everything but the address or the volume. Until everything else is deleted, both are protected by
 * Pulumi and by Hetzner. If one can't be deleted then, it is protected again. After Ctrl-C, the operation that is running
 * ends, nothing more is deleted, and what is left is protected and gets its hooks again. A closed pipe ends nothing.
 *
 * @returns whether all of it was deleted. If not, it can be called again
 * @throws UserError if it can't begin
 * @throws Interrupted
 */
export function deleteStack(target: Target, keeps: Keeps): Promise<boolean> {
  surviveClosedOutput();
  return uninterrupted(async () => {
    const state = await readStackState(target.stack);
    await requireNoUnknownServer(new HetznerClient(target.access), state);
    const lasting = lastingIn(state, keeps);
    requireMayGoOn(target);
    const hooks = await removeHooks(target);
    try {
      return lasting.length === 0
        ? await runDestroy(target, destroy)
        : (await deleteAllBut(target, lasting)) && (await deleteLast(target, keeps, lasting));
    } finally {
      await restoreHooks(target, hooks);
    }
  });
}

function lastingIn(state: StackState, keeps: Keeps): Lasting[] {
  const volume = volumeIn(state);
  return [
    ...addressesIn(state).map((address) => ({
      ...address,
      kind: "Primary IP" as const,
      label: `The address ${address.ipAddress}`,
      isKept: keeps.address,
    })),
    ...(volume === undefined
      ? []
      : [{ ...volume, kind: "volume" as const, label: `The volume ${volume.name}`, isKept: keeps.volume }]),
  ];
}

async function deleteAllBut(target: Target, lasting: Lasting[]): Promise<boolean> {
  for (const one of lasting) {
    // An earlier teardown that was killed may have left it without protection.
    await protect(target, one);
  }
  return runDestroy(target, [...destroy, "--exclude-protected"]);
}

async function deleteLast(target: Target, keeps: Keeps, lasting: Lasting[]): Promise<boolean> {
  const released = lasting.filter(({ isKept }) => !isKept);
  if (released.length === 0) {
    return true;
  }
  let isDeleted = false;
  try {
    for (const one of released) {
      await liftBoth(target, one);
    }
    const isAll = released.length === lasting.length;
    isDeleted = await runDestroy(target, isAll ? destroy : [...destroy, "--exclude-protected"]);
  } finally {
    if (!isDeleted) {
      await protectWhatIsLeft(target, keeps);
    }
  }
  return isDeleted;
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

async function liftBoth({ stack, access }: Target, one: Lasting): Promise<void> {
  const failure = `${one.label} is protected in Pulumi, and that can't be lifted.`;
  await runPulumi(["state", "unprotect", one.urn, "--yes"], stack, failure);
  await liftProtection(new HetznerClient(access), one);
}

async function protectWhatIsLeft(target: Target, keeps: Keeps): Promise<void> {
  for (const one of lastingIn(await readStackState(target.stack), keeps)) {
    await protect(target, one);
    if (!one.isKept) {
      process.stderr.write(`${one.label} is still there. It is protected again.\n`);
    }
  }
}

async function protect({ stack, access }: Target, one: Lasting): Promise<void> {
  if (!one.isProtected) {
    const failure = `${one.label} can't be protected in Pulumi.`;
    await runPulumi(["state", "protect", one.urn, "--yes"], stack, failure);
  }
  await restoreProtection(new HetznerClient(access), one);
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
