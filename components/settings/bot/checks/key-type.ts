import { type ConfiguredKeyPair, isMade } from "../../../../binance/key-pair.ts";
import { keyType } from "../../../../binance/signing.ts";
import type { SettingFinding } from "../../finding.ts";
import { presets } from "../presets.ts";
import type { PresetName } from "../schema.ts";

/**
 * Checks that the bot can sign with this kind of key pair. If it can't, Binance accepts the pair, and the bot fails
 * without a clear message.
 *
 * @param pair with a private key that can be read, or with an HMAC secret
 */
export function checkKeyType(preset: PresetName, pair: ConfiguredKeyPair | undefined): SettingFinding[] {
  const { keyTypes } = presets[preset];
  if (pair === undefined) {
    return [];
  }
  const type = isMade(pair) ? "Ed25519" : keyType(pair.apiSecret);
  if (keyTypes.includes(type)) {
    return [];
  }
  if (isMade(pair)) {
    return [
      {
        severity: "error",
        setting: "binance:publicKey",
        problem: `is set, but the preset ${preset} needs ${keyTypes.join(" or ")}`,
        explanation: `A key that is made on the server is Ed25519. Create a key of the type ${keyTypes.join(" or ")} at Binance, set binance:apiKey and binance:apiSecret, and remove this setting:`,
        command: "pulumi config rm binance:publicKey",
      },
    ];
  }
  return [
    {
      severity: "error",
      setting: "binance:apiSecret",
      problem: `belongs to a key of type ${type}, but the preset ${preset} needs ${keyTypes.join(" or ")}`,
      explanation:
        'Make a key on the server with `npm run make-key`. Or make a pair with `openssl genpkey -algorithm ed25519 -out private.pem` and `openssl pkey -in private.pem -pubout`. Create a "Self-generated" API key at Binance with the public key. Then set binance:apiKey to the new API key, and:',
      command: "pulumi config set --secret binance:apiSecret < private.pem",
    },
  ];
}
