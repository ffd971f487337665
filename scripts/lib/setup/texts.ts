import { type Permissions, permissionsText } from "../../../checklist/key-rules.ts";
import { keysPage } from "../revoke/texts.ts";

/** A key that the owner creates at Binance. */
interface NewKey {
  /** To whitelist: the server's, and the standby one if there is one. */
  addresses: readonly string[];
  isCopied: boolean;
  keyName: string;
  permissions: Permissions;
  isEd25519: boolean;
}

export function creationSteps(about: NewKey): string {
  const { addresses, isCopied, keyName, permissions, isEd25519 } = about;
  const kind = isEd25519
    ? "Self-generated, with the public half of your Ed25519 key (docs/bots/nautilus-trader.md)"
    : "System generated";
  const points = [
    `Open ${keysPage} and log in.`,
    `Create API: ${kind}. As its label, enter: ${keyName}`,
    ...(isEd25519
      ? []
      : ["Put the API key and the secret into your password manager: Binance shows the secret only once."]),
    `Edit restrictions: restrict access to trusted IPs only, and add ${addresses.join(" and ")}${isCopied ? " (it is in your clipboard)" : ""}`,
    `Permissions: ${permissionsText[permissions]}. Not withdrawals, in no case.`,
    "Save, and confirm with your second factor.",
  ];
  return [
    "Now create the API key at Binance:",
    ...points.map((point, index) => `${index + 1}. ${point}`),
  ].join("\n");
}

/** The answer of Binance to the server, if it is another one than {}. */
export function notServed(host: string, answer: string): string {
  const shown = answer.trim() === "" ? "nothing" : answer.trim().slice(0, 200);
  return [
    `Binance doesn't serve the address ${host}. To a ping from the server, it answered: ${shown}`,
    "If this keeps happening, get another address before you whitelist this one: npm run teardown, and then npm run setup",
  ].join("\n");
}

/** A pair that can't be read from a prompt. */
export const ed25519BySecretCommand =
  "An Ed25519 key has several lines, so its private half comes from a command: npm run setup -- --secret-command 'cat private.pem'";

/** What `pulumi up` has not done. */
export function updateFailed(isCandidate: boolean): string {
  return isCandidate
    ? [
        "`pulumi up` failed: its messages say why. If it is the key, change that at Binance, and run: npm run setup",
        "To enter another key pair: npm run setup -- --new-key",
      ].join("\n")
    : "`pulumi up` failed: its messages say why. When that is fixed, go on with: npm run setup";
}
