import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { ConfiguredKeyPair } from "../../binance/key-pair.ts";
import type { KeyRules } from "../../checklist/key-rules.ts";
import type { VerificationMode } from "../../checklist/verification-settings.ts";
import { runOperatorScript } from "./operator-script.ts";
import { reaching, scriptInput, type ServerIdentity } from "./server-identity.ts";

export interface KeyVerificationArgs {
  server: ServerIdentity;
  keyPair: ConfiguredKeyPair;
  /** "warn" shows the findings and lets every pair pass. */
  verification: Exclude<VerificationMode, "off">;
  /** What the key is held to. */
  rules: KeyRules;
  /** The symbol of the test order; undefined for the usual ones. */
  testPair: string | undefined;
}

/** What differs from the defaults of verify-candidate.ts: a new setting with its default must not verify a pair again. */
function declared({ permissions, acceptedPermissions }: KeyRules): Partial<KeyRules> {
  return {
    ...(permissions !== "spot" && { permissions }),
    ...(acceptedPermissions.length > 0 && { acceptedPermissions }),
  };
}

/**
 * Proves through the server what a key pair may do. A pair that fails, or that can't be verified, ends the update,
 * and what depends on this stays as it is. Runs again when the pair changes, and never in a preview.
 */
export function verifyKeyPair(
  name: string,
  { server, keyPair, verification, rules, testPair }: KeyVerificationArgs,
  options: pulumi.CustomResourceOptions,
): command.local.Command {
  return runOperatorScript(
    name,
    {
      script: "verify-candidate.ts",
      // Without a value, `testPair` isn't in the JSON.
      input: { keyPair, server: scriptInput(server), verification, testPair, ...declared(rules) },
      logging: verification === "warn" ? "stderr" : "none",
    },
    pulumi.mergeOptions(options, reaching(server)),
  );
}
