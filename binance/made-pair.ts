import { readPair } from "./copy-errors.ts";
import type { ConfiguredKeyPair } from "./key-pair.ts";
import { readPublicKey } from "./public-key.ts";

/** The values of the settings, as they were set. */
export interface ConfiguredValues {
  apiKey: string | undefined;
  apiSecret: string | undefined;
  publicKey: string | undefined;
}

/** A mistake about a pair whose private key was made on the server. */
export interface MadePairError {
  setting: "binance:apiKey" | "binance:publicKey";
  /** Continues a sentence after the setting's name. Contains no part of a value. */
  problem: string;
  remedy: string;
  /** A command that fixes it. */
  command: string;
}

const setApiKey = "pulumi config set --secret binance:apiKey";

/** Finds what keeps a public key and its API key from being a pair. */
export function findMadePairErrors({ apiKey, apiSecret, publicKey }: ConfiguredValues): MadePairError[] {
  if (publicKey === undefined) {
    return [];
  }
  const reading = readPublicKey(publicKey);
  const apiKeyErrors = apiKey === undefined ? [] : findApiKeyErrors(apiKey);
  return [
    ...(apiSecret === undefined ? [] : [twoPairs]),
    ...(reading.ok ? [] : [reading.isPrivate === true ? exposedKey : notAPublicKey(reading.problem)]),
    ...(apiKey === undefined ? [withoutApiKey] : apiKeyErrors),
  ];
}

/** The pair of the settings, with or without its secret. @returns undefined if there is none, or it can't be valid */
export function readConfiguredPair(values: ConfiguredValues): ConfiguredKeyPair | undefined {
  const { apiKey, apiSecret, publicKey } = values;
  if (publicKey === undefined) {
    return readPair(apiKey, apiSecret).pair;
  }
  const reading = readPublicKey(publicKey);
  return apiKey === undefined || !reading.ok || findMadePairErrors(values).length > 0
    ? undefined
    : { apiKey, publicKey: reading.publicKey };
}

const twoPairs: MadePairError = {
  setting: "binance:publicKey",
  problem: "and binance:apiSecret are both set",
  remedy:
    "The private key of binance:publicKey is on the server, so that key has no secret here. To use the key with a secret, remove binance:publicKey: this deletes no key. To use the key on the server instead, remove the secret (`pulumi config rm binance:apiSecret`), but first keep a copy of it if you still need it: Binance shows a secret only once.",
  command: "pulumi config rm binance:publicKey",
};

const withoutApiKey: MadePairError = {
  setting: "binance:apiKey",
  problem: "is missing, but binance:publicKey is set",
  remedy:
    'Create a "Self-generated" API key at Binance with this public key, and set the API key that it shows.',
  command: setApiKey,
};

const exposedKey: MadePairError = {
  setting: "binance:publicKey",
  problem: "is a private key",
  remedy:
    "Unless it was set with --secret, everybody who can read the stack's file or its history knows it. Don't use this key: delete its API key at Binance. Set the public key that `npm run make-key` prints instead. Without such a key:",
  command: "pulumi config rm binance:publicKey",
};

function notAPublicKey(problem: string): MadePairError {
  return {
    setting: "binance:publicKey",
    problem,
    remedy:
      "Set it as `npm run make-key` prints it. To see it again: npm run make-key, or npm run show-key if its pair is live. Without such a key:",
    command: "pulumi config rm binance:publicKey",
  };
}

/** The same rules as for an API key beside a secret. */
function findApiKeyErrors(apiKey: string): MadePairError[] {
  return readPair(apiKey, sound)
    .errors.filter(({ value, severity }) => value === "apiKey" && severity === "error")
    .map(({ problem, remedy }) => ({ setting: "binance:apiKey", problem, remedy, command: setApiKey }));
}

/** Stands in for the secret, in which nothing is to be found. */
const sound = "s".repeat(64);
