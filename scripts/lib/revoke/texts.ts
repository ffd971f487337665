import { type ConfiguredKeyPair, fingerprint } from "../../../binance/key-pair.ts";

/** Where the keys of an account are listed and deleted. */
export const keysPage = "https://www.binance.com/en/my/settings/api-management";

/** What is about to happen, for a person to confirm. */
export function announcement(host: string | undefined): string {
  const server = host === undefined ? "the server" : `the server ${host}`;
  return [
    "This revokes the stack's key pair:",
    "- the bot is stopped, and stays off;",
    `- every copy of the key pair on ${server} is deleted;`,
    "- the key pair is removed from the stack's settings;",
    "- you delete the key at Binance, and this program tries whether Binance still accepts it.",
    "The server, its address, the bot's program and its state stay. Open orders and positions stay at Binance.",
    `If somebody else may be using the key right now, delete it there before you answer: ${keysPage}`,
    "",
  ].join("\n");
}

/**
 * How a person deletes the key at Binance.
 *
 * @param keyName empty or undefined if the settings have none
 * @param apiKey undefined if it isn't known
 */
export function deletionSteps(keyName: string | undefined, apiKey: string | undefined): string {
  return [
    "Delete the key at Binance:",
    `1. Open ${keysPage} and log in.`,
    `2. Find the key ${whichKey(keyName, apiKey)}.`,
    "3. Delete it, and confirm that with your second factor.",
    "If there are keys that you don't know, delete them as well, and change your password at Binance.",
  ].join("\n");
}

/** A few characters distinguish it from the account's other keys, and are useless to a stranger. */
function whichKey(keyName = "", apiKey: string | undefined): string {
  if (keyName !== "") {
    return `"${keyName}"`;
  }
  return apiKey === undefined
    ? "of this stack: the one whose whitelist has the server's address"
    : `that begins with ${apiKey.slice(0, 4)} and ends with ${apiKey.slice(-4)}`;
}

/**
 * What is left to do if the settings have another pair than the one that was live on the server, such as after a rotation
 * that failed. Only the pair of the settings can be tried at Binance, so its deletion proves nothing about the other one.
 *
 * @param live the fingerprint of the live pair; undefined or "none" if there is none
 */
export function untriedKey(live: string | undefined, keyPair: ConfiguredKeyPair | undefined): string[] {
  if (live === undefined || live === "none" || keyPair === undefined || fingerprint(keyPair) === live) {
    return [];
  }
  return [
    `Delete the key that was live on the server as well, and look that it is gone: ${keysPage} Its pair has the fingerprint ${live}, and \`npm run history\` shows since when it was live. It could not be tried at Binance, because the settings had another pair (${fingerprint(keyPair)}).`,
  ];
}

/** What is left to do, in this order. The text of an empty list says that all is done. */
export function summary(left: string[]): string {
  const next =
    "Next: `pulumi up` removes the key pair from the stack's state as well, and replaces nothing. Older versions of the state, in its backend, still have it, encrypted: they are the reason why the key must be deleted at Binance. docs/after-a-compromise.md says what else to do.";
  if (left.length === 0) {
    return `The key pair is revoked. ${next}`;
  }
  const steps = left.map((step, index) => `${index + 1}. ${step}`);
  return ["The key pair is not wholly revoked. Left to do:", ...steps, next].join("\n");
}
