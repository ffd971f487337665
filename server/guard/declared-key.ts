import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { parseJson } from "../../binance/json.ts";
import { fingerprintPattern } from "../../binance/key-pair.ts";
import { type Judging, type Permissions, permissionsSetting } from "../../checklist/key-rules.ts";
import { type VerificationMode, verificationMode } from "../../checklist/verification-settings.ts";
import { replaceFile } from "./state.ts";

// What a key pair is held to. `pulumi up` declares it for the pair in the settings, before that pair is live. If that pair
// is refused or rolled back, the previous one stays live, and is held to what was declared for it. So the guard remembers
// the declarations of the pairs that it has checked.

/** The declaration for one pair. */
export const declaredKey = z.object({
  /** Its fingerprint. */
  pair: z.string().regex(fingerprintPattern),
  permissions: permissionsSetting,
  acceptedPermissions: z.array(z.string()),
  verification: verificationMode,
});

export type DeclaredKey = z.output<typeof declaredKey>;

/** How a pair is judged. */
export interface Declaration extends Judging {
  verification: VerificationMode;
}

/**
 * What the live pair is held to.
 *
 * @param live its fingerprint
 * @param declared what the settings say about the pair that they contain
 * @param known the pairs that the guard has checked
 */
export function declarationFor(
  live: string,
  declared: DeclaredKey | undefined,
  known: readonly DeclaredKey[],
): Declaration {
  const before = known.find(({ pair }) => pair === live);
  const current = declared?.pair === live ? declared : before;
  // Before version 0.5.0 there was nothing else.
  const { permissions, acceptedPermissions, verification } = current ?? defaults;
  return { permissions, acceptedPermissions, verification, acceptedBefore: acceptedBefore(current, before) };
}

/**
 * What the live pair has passed, if the settings declare something else for it now. Undefined if one of the two isn't strict:
 * after `verification: warn` or `off`, the strict check takes effect at once.
 */
export function passedBefore(
  live: string,
  declared: DeclaredKey | undefined,
  known: readonly DeclaredKey[],
): Declaration | undefined {
  const before = known.find(({ pair }) => pair === live);
  const areStrict = declared?.verification === "enforce" && before?.verification === "enforce";
  return areStrict && declared.pair === live && !isDeepStrictEqual(declared, before)
    ? declarationFor(live, before, known)
    : undefined;
}

/** What the live pair trades: what it has passed for, or what is declared if no check has passed yet. */
export function permissionsOf(
  live: string,
  declared: DeclaredKey | undefined,
  known: readonly DeclaredKey[],
): Permissions {
  return (known.find(({ pair }) => pair === live) ?? declarationFor(live, declared, known)).permissions;
}

const defaults = { permissions: "spot", acceptedPermissions: [], verification: "enforce" } as const;

/**
 * A pair has passed a strict check if the guard remembers one, or if `pulumi up` must have made one before it installed
 * the pair: then what is unknown now has appeared since.
 */
function acceptedBefore(
  current: DeclaredKey | undefined,
  before: DeclaredKey | undefined,
): readonly string[] | undefined {
  if (before !== undefined) {
    return before.verification === "enforce" ? before.acceptedPermissions : undefined;
  }
  return current?.verification === "enforce" ? [] : undefined;
}

const name = "pairs.json";
/** The live pair and the previous ones, to which a rotation may return. */
const most = 5;

/** @returns the newest first */
export function readKnownPairs(directory: string): DeclaredKey[] {
  const path = join(directory, name);
  const stored = existsSync(path) ? parseJson(readFileSync(path, "utf8")) : undefined;
  return z.array(declaredKey).safeParse(stored).data ?? [];
}

/** Remembers what a pair was held to when it was checked. */
export function rememberPair(directory: string, checked: DeclaredKey): void {
  const known = readKnownPairs(directory);
  const next = [checked, ...known.filter(({ pair }) => pair !== checked.pair)].slice(0, most);
  if (JSON.stringify(next) !== JSON.stringify(known)) {
    replaceFile(directory, name, next);
  }
}
