import { publicKeyPem } from "../../../binance/public-key.ts";
import { type Permissions, permissionsText } from "../../../checklist/key-rules.ts";
import { keysPage } from "../revoke/texts.ts";
import type { MadeKey } from "./on-server.ts";

export const alreadyMade =
  "This key was made earlier, and no live pair uses it yet. To make another one: npm run make-key -- --new\n\n";

/** @param waiting the public key of a key that isn't in use yet */
export function discardQuestion(waiting: string): string {
  return `A key was made earlier, and isn't in use yet: ${waiting}\nIts private key is deleted. If you have created an API key at Binance with it, that API key becomes useless: delete it there.\nMake another key? Type yes: `;
}

/** What a person does with a new key. @param hasSecret whether the settings have another key's secret */
export function nextSteps(
  { publicKey, ipAddress }: MadeKey,
  { hasSecret, permissions }: { hasSecret: boolean; permissions: Permissions },
): string {
  const secret = hasSecret ? ["   pulumi config rm binance:apiSecret"] : [];
  return [
    "The server has the private key. This is the public key:",
    "",
    publicKeyPem(publicKey),
    `1. Open ${keysPage} and choose: Create API, Self-generated.`,
    "2. Paste the public key, with its first and last line.",
    `3. Permissions: ${permissionsText[permissions]}. Restrict access to the address ${ipAddress}`,
    "4. Set the API key that Binance shows, and this public key:",
    "   pulumi config set keyName THE-NAME-YOU-GAVE-IT",
    "   pulumi config set --secret binance:apiKey",
    `   pulumi config set binance:publicKey ${publicKey}`,
    ...secret,
    "5. pulumi up",
    "",
    "The current pair stays live until `pulumi up` has verified the new one. Then delete the old API key at Binance.",
    "The private key ends with this server's disk. A server that replaces this one needs a new key.",
    "",
  ].join("\n");
}
