import { readFileSync } from "node:fs";
import * as z from "zod";
import { findCopyErrors } from "../../../binance/copy-errors.ts";
import { parseJson } from "../../../binance/json.ts";
import type { KeyPair } from "../../../binance/key-pair.ts";
import { type VerificationSettings, verificationSettings } from "../../../checklist/verification-settings.ts";
import { UserError } from "../command/user-error.ts";
import { runPulumi } from "./pulumi-cli.ts";

/** What the checks need of a stack's settings. */
export interface StackSettings extends VerificationSettings {
  keyPair: KeyPair;
}

/** What `pulumi config --json` prints: a value is missing where it can't be decrypted. */
const configuration = z.record(z.string(), z.looseObject({ value: z.string().optional() }));

/**
 * Reads the settings of a stack, secrets included, through the Pulumi CLI.
 *
 * @param stack the stack's name, or undefined for the selected one
 * @throws UserError where they can't be read, or hold no usable key pair
 */
export async function readStackSettings(stack: string | undefined): Promise<StackSettings> {
  return parseStackSettings(await printSettings(stack), projectName());
}

/** What the CLI prints of a stack's settings, secrets included. */
export function printSettings(stack: string | undefined): Promise<string> {
  return runPulumi(["config", "--json", "--show-secrets"], stack, "The stack's settings can't be read.");
}

/** @throws UserError that shows nothing of the values, some of which are secret */
export function parseSettings(json: string): z.output<typeof configuration> {
  const values = configuration.safeParse(parseJson(json)).data;
  if (values === undefined) {
    throw new UserError("The Pulumi CLI has printed no settings.");
  }
  return values;
}

/** The project's name is the namespace of its own settings. */
function projectName(): string {
  const project = readFileSync(new URL("../../../Pulumi.yaml", import.meta.url), "utf8");
  return /^name: *(\S+)/m.exec(project)?.[1] ?? "";
}

/** @throws UserError that shows nothing of the values, some of which are secret */
export function parseStackSettings(json: string, project: string): StackSettings {
  const values = parseSettings(json);
  const own: Record<string, string> = {};
  for (const name of Object.keys(verificationSettings.shape)) {
    const value = values[`${project}:${name}`]?.value;
    if (value !== undefined) {
      own[name] = value;
    }
  }
  const settings = verificationSettings.safeParse(own);
  if (!settings.success) {
    const names = [...new Set(settings.error.issues.map(({ path }) => path.join(".")))];
    throw new UserError(
      `The setting ${names.join(", ")} can't be used. \`pulumi preview\` says what is allowed; to go back to the default: pulumi config rm ${names[0] ?? ""}`,
    );
  }
  const pair = readPair(values["binance:apiKey"]?.value, values["binance:apiSecret"]?.value);
  return { ...settings.data, keyPair: pair };
}

function readPair(apiKey: string | undefined, apiSecret: string | undefined): KeyPair {
  requireSound(apiKey, apiSecret);
  if (apiKey === undefined || apiSecret === undefined) {
    throw new UserError(
      "The stack has no key pair yet. Set both values, and run this again:\n  pulumi config set --secret binance:apiKey\n  pulumi config set --secret binance:apiSecret",
    );
  }
  return { apiKey, apiSecret };
}

/** @throws UserError with the mistakes of copying that make the pair unusable */
export function requireSound(apiKey: string | undefined, apiSecret: string | undefined): void {
  const errors = findCopyErrors(apiKey, apiSecret).filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    throw new UserError(
      errors
        .map(
          ({ value, problem, remedy }) =>
            `binance:${value} ${problem}. ${remedy}\n  pulumi config set --secret binance:${value}`,
        )
        .join("\n"),
    );
  }
}
