import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What must exist before the first contact. */
export interface FirstContact {
  /** The user that Pulumi and the server's owner log in as. */
  user: string;
  /** The deploy key's public half. */
  deployKey: string;
  hostKey: { privateKey: string; publicKey: string };
}

/** Our settings of sshd: cloud-init writes them before the first boot, and later deliveries keep them up to date. */
export const sshdDropIn = "/etc/ssh/sshd_config.d/10-trading-bot-server.conf";

/**
 * The cloud-init user_data of an order or a rebuild: who may log in, and the host key that the server is known by. Everything
 * else arrives later over the pinned connection, because a change of user_data would replace the server.
 *
 * It is JSON, which is also YAML, and so needs no other quoting.
 */
export function userData({ user, deployKey, hostKey }: FirstContact): string {
  const file = join(import.meta.dirname, "../server/rootfs", sshdDropIn);
  // The bot's own page comes later, with everything else of the bot.
  const sshd = readFileSync(file, "utf8").replace("@pageOfBot@", "");
  const cloudConfig = {
    users: [
      {
        name: user,
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
    write_files: [{ path: sshdDropIn, permissions: "0644", content: sshd }],
  };
  return `#cloud-config\n${JSON.stringify(cloudConfig, undefined, 1)}\n`;
}
