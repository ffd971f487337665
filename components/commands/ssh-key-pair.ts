import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { requireMade } from "../left-out.ts";
import { scriptCommand } from "./operator-script.ts";

/** An Ed25519 key pair, made once on the operator's machine, in memory, and stored in the stack, encrypted. */
export class SshKeyPair extends pulumi.ComponentResource {
  /** In OpenSSH's private key format; secret. */
  readonly privateKey: pulumi.Output<string>;
  /** "ssh-ed25519 AAAA…", without a comment. */
  readonly publicKey: pulumi.Output<string>;

  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super("trading-bot-server:index:SshKeyPair", name, {}, options);
    const keygen = new command.local.Command(
      name,
      {
        create: scriptCommand("make-ssh-key-pair.ts"),
        environment: { COMMENT: name },
        logging: "none",
        addPreviousOutputInEnv: false,
      },
      {
        parent: this,
        additionalSecretOutputs: ["stdout", "stderr"],
        // An edited script must not make another key: the server knows only this one.
        ignoreChanges: ["create", "environment"],
      },
    );
    const parts = keygen.stdout.apply((printed) =>
      parseKeyPair(requireMade(printed, `The SSH key pair ${name}`)),
    );
    this.privateKey = pulumi.secret(parts.privateKey);
    this.publicKey = pulumi.unsecret(parts.publicKey);
    this.registerOutputs({ publicKey: this.publicKey });
  }
}

/**
 * Parses what scripts/make-ssh-key-pair.ts prints, and what ssh-keygen printed in versions until 0.4.0.
 *
 * @throws Error that shows nothing of the output, which may hold a private key
 */
export function parseKeyPair(stdout: string): { privateKey: string; publicKey: string } {
  const match =
    /^(?<privateKey>-----BEGIN OPENSSH PRIVATE KEY-----\n[^-]+-----END OPENSSH PRIVATE KEY-----\n)(?<publicKey>ssh-ed25519 \S+)/.exec(
      stdout,
    );
  const { privateKey, publicKey } = match?.groups ?? {};
  if (privateKey === undefined || publicKey === undefined) {
    throw new Error("scripts/make-ssh-key-pair.ts did not print an Ed25519 key pair.");
  }
  return { privateKey, publicKey };
}
