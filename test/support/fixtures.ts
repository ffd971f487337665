import { generateKeyPairSync } from "node:crypto";
import { generateKeyPair } from "../../scripts/lib/ssh/key.ts";

/** A key pair of the shape that Binance issues. Tests look for pieces of it in everything that a program prints. */
export const keyPair = {
  apiKey: "vmPUZE6mv9SD5V0q7XbVNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91",
  apiSecret: "NhqPtmdSJYdKjV7Zp3wHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5f",
};

const made = generateKeyPairSync("ed25519");

/** A pair whose private key was made on the server, as the settings have it. */
export const madePair = {
  apiKey: keyPair.apiKey,
  publicKey: made.publicKey.export({ type: "spki", format: "der" }).toString("base64"),
};

const deployKey = generateKeyPair("deploy-key").privateKey;

/** A line with the secret part of the deploy key: what a leaked key would be recognized by. */
export const deployKeyLine = deployKey.split("\n")[3] ?? "";

/** The outputs of a stack, in plaintext. */
export const outputs = {
  ipToWhitelist: "203.0.113.10",
  deployKey,
  hostKey: "ssh-ed25519 AAAAhost",
};

/** The same server in the shape that `pulumi up` sends to its scripts. */
export const server = {
  host: outputs.ipToWhitelist,
  user: "admin",
  hostKey: outputs.hostKey,
  deployKey: outputs.deployKey,
};
