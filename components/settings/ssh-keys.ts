import type { SettingFinding } from "./finding.ts";

/**
 * Checks one public key of a person who may log in. Ed25519 only, as the server's sshd accepts nothing else.
 *
 * @returns the end of a sentence that says what is wrong, or undefined for a usable key
 */
export function examineSshKey(key: string): string | undefined {
  if (key.includes("PRIVATE KEY")) {
    return "holds a private key, which never leaves your machine: name the .pub file's line";
  }
  const [type, blob, ...comment] = key.split(" ");
  if (type !== "ssh-ed25519" && type !== "sk-ssh-ed25519@openssh.com") {
    return "holds a key that is not an Ed25519 public key (ssh-ed25519 or sk-ssh-ed25519@openssh.com)";
  }
  if (blob === undefined || !isKeyBlob(blob, type)) {
    return "holds an Ed25519 key that is cut off or damaged";
  }
  if (/[\r\n]/.test(comment.join(" "))) {
    return "holds more than one line in one entry";
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

/** Checks the public keys of all who may log in. */
export function examineSshKeys(keys: string[]): SettingFinding[] {
  return keys.flatMap((key): SettingFinding[] => {
    const problem = examineSshKey(key);
    if (problem === undefined) {
      return [];
    }
    return [
      {
        severity: "error",
        setting: "sshKeys",
        problem,
        explanation: "If you have none, make one: ssh-keygen -t ed25519",
        command: `pulumi config set sshKeys "$(cat ~/.ssh/id_ed25519.pub)"`,
      },
    ];
  });
}
