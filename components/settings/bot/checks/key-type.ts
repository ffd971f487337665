import type { KeyPair } from "../../../../binance/key-pair.ts";
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
export function checkKeyType(preset: PresetName, pair: KeyPair | undefined): SettingFinding[] {
  const { keyTypes } = presets[preset];
  if (pair === undefined || keyTypes.includes(keyType(pair.apiSecret))) {
    return [];
  }
  return [
    {
      severity: "error",
      setting: "binance:apiSecret",
      problem: `belongs to a key of type ${keyType(pair.apiSecret)}, but the preset ${preset} needs ${keyTypes.join(" or ")}`,
      explanation:
        'Make a pair with `openssl genpkey -algorithm ed25519 -out private.pem` and `openssl pkey -in private.pem -pubout`. Create a "Self-generated" API key at Binance with the public key. Then set binance:apiKey to the new API key, and:',
      command: "pulumi config set --secret binance:apiSecret < private.pem",
    },
  ];
}
