import { contentOf } from "./commands/server-content.ts";

/** The user that Pulumi and the server's owner log in as; root's own login is closed. */
export const adminUser = "admin";

export const sshdDropIn = "/etc/ssh/sshd_config.d/10-trading-bot-server.conf";

/** What must exist before the first contact. */
export interface FirstContact {
  /** The deploy key's public half. */
  deployKey: string;
  hostKey: { privateKey: string; publicKey: string };
}

/**
 * The cloud-init user_data: who may log in, and the host key by which the server is known. Everything else
 * arrives over the pinned connection later, because a change of user_data would replace the server.
 *
 * JSON is YAML, so nothing needs another quoting.
 */
export function userData({ deployKey, hostKey }: FirstContact): string {
  const cloudConfig = {
    users: [
      {
        name: adminUser,
        shell: "/bin/bash",
        lock_passwd: true,
        sudo: "ALL=(ALL) NOPASSWD:ALL",
        ssh_authorized_keys: [deployKey],
      },
    ],
    disable_root: true,
    ssh_pwauth: false,
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: hostKey.publicKey },
    write_files: [
      {
        path: sshdDropIn,
        permissions: "0644",
        content: contentOf(sshdDropIn),
      },
    ],
  };
  return `#cloud-config\n${JSON.stringify(cloudConfig, undefined, 1)}\n`;
}
