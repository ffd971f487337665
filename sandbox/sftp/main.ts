// The private internet's storage with sftp: OpenSSH's server of the machines' image, in a copy of that image.
import { spawn } from "node:child_process";
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command.ts";
import { mountImage } from "../machines/image-layer.ts";
import { foldersOfThisRun } from "../run-folders.ts";
import { sftpHost } from "./store.ts";

const { image, sftp } = foldersOfThisRun();
const { address, port, user } = sftpHost;
const root = join(sftp, "root");

/** Without PAM and passwords: what is not in authorized_keys can't log in, and who can log in has sftp and no shell. */
const settings = `ListenAddress ${address}
Port ${port}
HostKey /etc/ssh/storage_key
AuthenticationMethods publickey
UsePAM no
PidFile none
Subsystem sftp internal-sftp
ForceCommand internal-sftp
AllowTcpForwarding no
`;

await mountImage(image, { root, written: join(sftp, "upper"), overlayWork: join(sftp, "work") });
for (const folder of ["dev", "proc"]) {
  await mkdir(join(root, folder), { recursive: true });
  await run(["mount", "--bind", `/${folder}`, join(root, folder)]);
}
await appendFile(join(root, "etc/passwd"), `${user}:x:1234:1234::/home/${user}:/bin/sh\n`);
await appendFile(join(root, "etc/shadow"), `${user}:*:19000:0:99999:7:::\n`);
await mkdir(join(root, "run/sshd"), { recursive: true });
await mkdir(join(root, "home", user, ".ssh"), { recursive: true });
await run(["chown", "--recursive", "1234:1234", join(root, "home", user)]);
await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", join(root, "etc/ssh/storage_key")]);
await writeFile(join(root, "etc/ssh/storage.conf"), settings);

const server = spawn("chroot", [root, "/usr/sbin/sshd", "-D", "-e", "-f", "/etc/ssh/storage.conf"], {
  stdio: "inherit",
});
server.on("exit", (code) => {
  process.stderr.write(`The sftp storage ended with ${code}\n`);
  process.exit(1);
});
