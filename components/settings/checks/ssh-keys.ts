import type { SettingFinding } from "../finding.ts";

export const ownPublicKey = `"$(cat ~/.ssh/id_ed25519.pub)"`;

/** Checks the public keys of the people who may log in. */
export function checkSshKeys(keys: string[]): SettingFinding[] {
  return keys.map(keyProblem).flatMap((problem): SettingFinding[] =>
    problem === undefined
      ? []
      : [
          {
            severity: "error",
            setting: "sshKeys",
            problem,
            explanation: "If you have no such key, make one with: ssh-keygen -t ed25519",
            command: `pulumi config set sshKeys ${ownPublicKey}`,
          },
        ],
  );
}

/** Ed25519 only: the server's sshd accepts nothing else. */
function keyProblem(key: string): string | undefined {
  if (key.includes("PRIVATE KEY")) {
    return "contains a private key, which must never leave your machine: set the line of the .pub file";
  }
  const [type, blob, ...comment] = key.split(" ");
  if (type !== "ssh-ed25519" && type !== "sk-ssh-ed25519@openssh.com") {
    return "contains a key that is not an Ed25519 public key (ssh-ed25519 or sk-ssh-ed25519@openssh.com)";
  }
  if (blob === undefined || !isKeyBlob(blob, type)) {
    return "contains an Ed25519 key that is cut off or damaged";
  }
  if (/[\r\n]/.test(comment.join(" "))) {
    return "contains more than one line in one entry";
  }
  return undefined;
}

/** A key's binary form starts with the length and the name of its type (RFC 4253, section 6.6). */
function isKeyBlob(blob: string, type: string): boolean {
  const bytes = Buffer.from(blob, "base64");
  const header = Buffer.from(`\0\0\0${String.fromCharCode(type.length)}${type}\0\0\0 `, "latin1");
  const complete =
    type === "ssh-ed25519" ? bytes.length === header.length + 32 : bytes.length > header.length + 32;
  return complete && bytes.subarray(0, header.length).equals(header) && bytes.toString("base64") === blob;
}
