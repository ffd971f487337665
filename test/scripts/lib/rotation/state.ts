import { createHash } from "node:crypto";
import { userData } from "../../../../hetzner/user-data.ts";
import { generateKeyPair, type KeyPairTexts, publicKeyOf } from "../../../../scripts/lib/ssh/key.ts";
import { toSecret } from "../../../../scripts/lib/stack/secret-value.ts";

export interface Keys extends Record<string, KeyPairTexts> {
  deploy: KeyPairTexts;
  initialHost: KeyPairTexts;
  host: KeyPairTexts;
}

export function newKeys(): Keys {
  return {
    deploy: generateKeyPair("deploy-key"),
    initialHost: generateKeyPair("initial-host-key"),
    host: generateKeyPair("permanent-host-key"),
  };
}

/** A public key as the program has it. */
export const bare = ({ privateKey }: KeyPairTexts): string => publicKeyOf(privateKey);

const urn = (name: string) => `urn:pulumi:prod::trading-bot-server::types::${name}`;

/**
 * What `pulumi stack export --show-secrets` prints of a stack that has `made`, and whose server was made with `used`.
 *
 * @param shown the keys in the outputs, which are those of the last `pulumi up` that has succeeded
 */
export function exportedState(made: Keys, used: Keys = made, shown: Keys = made): string {
  const key = (name: string, { privateKey, publicKey }: KeyPairTexts) => ({
    urn: urn(name),
    type: "command:local:Command",
    outputs: { stdout: toSecret(`${privateKey}${publicKey}`), stderr: toSecret("") },
  });
  const data = userData({
    user: "admin",
    deployKey: bare(used.deploy),
    hostKey: { privateKey: used.initialHost.privateKey, publicKey: bare(used.initialHost) },
  });
  const connection = toSecret({
    host: "203.0.113.10",
    privateKey: used.deploy.privateKey,
    hostKey: bare(used.initialHost),
  });
  const stdin = toSecret(
    `${JSON.stringify({
      server: {
        host: "203.0.113.10",
        deployKey: used.deploy.privateKey,
        hostKey: [bare(used.initialHost), bare(used.host)],
      },
      command: "adopt",
      privateKey: used.host.privateKey,
    })}\n`,
  );
  return JSON.stringify({
    version: 3,
    deployment: {
      manifest: { time: "now" },
      resources: [
        {
          urn: urn("stack"),
          type: "pulumi:pulumi:Stack",
          outputs: {
            deployKey: toSecret(shown.deploy.privateKey),
            hostKey: bare(shown.host),
            ipToWhitelist: "203.0.113.10",
            ssh: `ssh -o 'KnownHostsCommand=/usr/bin/env echo 203.0.113.10 ${bare(shown.host)}' admin@203.0.113.10`,
          },
        },
        { ...key("deploy-key", newKeys().deploy), delete: true },
        key("deploy-key", made.deploy),
        key("initial-host-key", made.initialHost),
        key("permanent-host-key", made.host),
        {
          urn: urn("server"),
          type: "hcloud:index/server:Server",
          id: "1000001",
          inputs: { name: "trading-bot-prod", image: "debian-13", userData: toSecret(data) },
          outputs: {
            id: "1",
            name: "trading-bot-prod",
            serverType: "cx23",
            location: "fsn1",
            image: "debian-13",
            userData: toSecret(createHash("sha1").update(data).digest("base64")),
          },
        },
        {
          urn: urn("generation"),
          type: "pulumi:index:Stash",
          inputs: { input: "1000001" },
          outputs: { input: "1000001", output: "1000001" },
        },
        {
          urn: urn("first-boot"),
          type: "command:remote:Command",
          inputs: { connection, create: "wait" },
          outputs: { connection, create: "wait" },
        },
        {
          urn: urn("host-key-adoption"),
          type: "command:local:Command",
          inputs: { stdin, triggers: ["1"] },
          outputs: { stdin },
        },
      ],
    },
  });
}
