import { readFileSync } from "node:fs";
import * as z from "zod";
import { readPair } from "../../../binance/copy-errors.ts";
import { parseJson } from "../../../binance/json.ts";
import type { ConfiguredKeyPair } from "../../../binance/key-pair.ts";
import { type ConfiguredValues, findMadePairErrors, readConfiguredPair } from "../../../binance/made-pair.ts";
import { type VerificationSettings, verificationSettings } from "../../../checklist/verification-settings.ts";
import { UserError } from "../command/user-error.ts";
import { runPulumi } from "./pulumi-cli.ts";

/** The settings of a stack that `npm run verify` needs. */
export interface StackSettings extends VerificationSettings {
  keyPair: ConfiguredKeyPair;
}

/** What `pulumi config --json` prints. A value that can't be decrypted is missing. */
const configuration = z.record(z.string(), z.looseObject({ value: z.string().optional() }));

/**
 * Reads the settings of a stack, secrets included, through the Pulumi CLI.
 *
 * @param stack the stack's name, or undefined for the selected one
 * @throws UserError if they can't be read, or have no usable key pair
 */
export async function readStackSettings(stack: string | undefined): Promise<StackSettings> {
  return parseStackSettings(await printSettings(stack), projectName());
}

/** Returns a stack's settings as the CLI prints them, secrets included. */
export function printSettings(stack: string | undefined): Promise<string> {
  return runPulumi(["config", "--json", "--show-secrets"], stack, "The stack's settings can't be read.");
}

/** @throws UserError that shows none of the values, because some are secret */
export function parseSettings(json: string): z.output<typeof configuration> {
  const values = configuration.safeParse(parseJson(json)).data;
  if (values === undefined) {
    throw new UserError("The Pulumi CLI printed something other than settings. Is its version current?");
  }
  return values;
}

/**
 * Reads one of our own settings that is a text.
 *
 * @returns undefined if it isn't set, or empty, which is the default of a setting that is left to this program
 */
export async function readSetting(stack: string | undefined, name: string): Promise<string | undefined> {
  const value = (await readValues(stack))[name];
  return value === "" ? undefined : value;
}

/** The values of all settings, secrets included: ours by their short names, the others by their full ones. */
export async function readValues(stack: string | undefined): Promise<Partial<Record<string, string>>> {
  return valuesIn(await printSettings(stack));
}

/** The same, of what `pulumi config --json --show-secrets` has printed. */
export function valuesIn(json: string): Partial<Record<string, string>> {
  const prefix = `${projectName()}:`;
  const settings = Object.entries(parseSettings(json));
  return Object.fromEntries(
    settings.map(([name, { value = "" }]) => [
      name.startsWith(prefix) ? name.slice(prefix.length) : name,
      value,
    ]),
  );
}

/**
 * The key pair of the settings.
 *
 * @returns undefined if there is none
 * @throws UserError if the settings can't be read, or the pair can't be valid
 */
export async function readKeyPair(stack: string | undefined): Promise<ConfiguredKeyPair | undefined> {
  const values = await readValues(stack);
  return soundPair(pairValues((name) => values[name]));
}

/** The settings of the key pair. @param valueOf a setting's value, by its full name */
export function pairValues(valueOf: (name: string) => string | undefined): ConfiguredValues {
  return {
    apiKey: valueOf("binance:apiKey"),
    apiSecret: valueOf("binance:apiSecret"),
    publicKey: valueOf("binance:publicKey"),
  };
}

/** The project's name is the namespace of our settings. */
export function projectName(): string {
  const project = readFileSync(new URL("../../../Pulumi.yaml", import.meta.url), "utf8");
  return /^name: *(\S+)/m.exec(project)?.[1] ?? "";
}

/** @throws UserError that shows none of the values, because some are secret */
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
      `Invalid setting: ${names.join(", ")}. \`pulumi preview\` says what is allowed. To restore the default: pulumi config rm ${names[0] ?? ""}`,
    );
  }
  const keyPair = soundPair(pairValues((name) => values[name]?.value));
  if (keyPair === undefined) {
    throw new UserError(
      "The stack has no key pair yet. A bot in paper mode needs none: freqtrade's dry run has no key pair, and `pulumi up` and the guard check that of a demo account. For trading with real money, set both values, and run this again:\n  pulumi config set --secret binance:apiKey\n  pulumi config set --secret binance:apiSecret\nFor a key that the server makes, and that has no secret: npm run make-key",
    );
  }
  return { ...settings.data, keyPair };
}

/**
 * @returns undefined if there is no pair
 * @throws UserError that lists the copy errors that make the pair unusable
 */
export function soundPair(values: ConfiguredValues): ConfiguredKeyPair | undefined {
  const { apiKey, apiSecret, publicKey } = values;
  if (publicKey !== undefined) {
    const problems = findMadePairErrors(values);
    if (problems.length > 0) {
      throw new UserError(
        problems
          .map(({ setting, problem, remedy, command }) => `${setting} ${problem}. ${remedy}\n  ${command}`)
          .join("\n"),
      );
    }
    return readConfiguredPair(values);
  }
  const reading = readPair(apiKey, apiSecret);
  const errors = reading.errors.filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    throw new UserError(
      errors
        .map(
          ({ value, problem, remedy, severalLines }) =>
            `binance:${value} ${problem}. ${remedy}\n  pulumi config set --secret binance:${value}${severalLines === true ? " < private.pem" : ""}`,
        )
        .join("\n"),
    );
  }
  return reading.pair;
}
