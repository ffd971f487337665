import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

const script = readFileSync(new URL("ssh-key-pair.sh", import.meta.url), "utf8");

/** An Ed25519 key pair, made once by ssh-keygen on the operator's machine and stored in the stack, encrypted. */
export class SshKeyPair extends pulumi.ComponentResource {
  /** In OpenSSH's private key format; secret. */
  readonly privateKey: pulumi.Output<string>;
  /** "ssh-ed25519 AAAA…", without a comment. */
  readonly publicKey: pulumi.Output<string>;

  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super("trading-bot-server:index:SshKeyPair", name, {}, options);
    const keygen = new command.local.Command(
      name,
      { create: script, environment: { COMMENT: name }, logging: "none", addPreviousOutputInEnv: false },
      {
        parent: this,
        additionalSecretOutputs: ["stdout", "stderr"],
        // An edited script must not make another key: the server knows only this one.
        ignoreChanges: ["create", "environment"],
      },
    );
    const parts = keygen.stdout.apply(parseKeygenOutput);
    this.privateKey = pulumi.secret(parts.privateKey);
    this.publicKey = pulumi.unsecret(parts.publicKey);
    this.registerOutputs({ publicKey: this.publicKey });
  }
}

/**
 * Parses the output of ssh-key-pair.sh.
 *
 * @throws Error that shows nothing of the output, which may hold a private key
 */
export function parseKeygenOutput(stdout: string): { privateKey: string; publicKey: string } {
  const match =
    /^(?<privateKey>-----BEGIN OPENSSH PRIVATE KEY-----\n[^-]+-----END OPENSSH PRIVATE KEY-----\n)(?<publicKey>ssh-ed25519 \S+)/.exec(
      stdout,
    );
  const { privateKey, publicKey } = match?.groups ?? {};
  if (privateKey === undefined || publicKey === undefined) {
    throw new Error("ssh-keygen did not print an Ed25519 key pair. Is OpenSSH 8.5 or newer installed?");
  }
  return { privateKey, publicKey };
}
