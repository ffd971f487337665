import { join } from "node:path";
import { archiveIn, publishAgain } from "../../sandbox/debian/security-updates.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { until } from "../../sandbox/until.ts";
import type { Server } from "./server.ts";

/**
 * Publishes a package under a higher version as one of Debian's security updates, and lets the server install it as at
 * night. Returns when what runs old code was restarted.
 */
export async function installUpdate(server: Server, name: string): Promise<void> {
  await server.run(`cd /var/tmp && rm -f *.deb && apt-get update -qq && apt-get download -qq ${name}`);
  const file = await server.run("ls /var/tmp/*.deb");
  const version = await publishAgain(archiveIn(foldersOfThisRun().disks), join(server.written, file));
  // The operator's last login ends some seconds after its connection, and would keep the old code until then.
  await until(async () => (await server.run("systemctl is-active user@1000 || true")) === "inactive");
  const before = await endings(server);
  // What their timers start. Without the marks, they run again on the same day. systemd ends the connection of everyone who
  // waits for a unit, and can't be reached for a moment, when it continues with new code.
  await server.run("rm -f /var/lib/apt/periodic/*; systemctl start --no-block apt-daily apt-daily-upgrade");
  await until(async () => (await endings(server).catch(() => before)) > before);
  const installed = await server.run(`dpkg-query --show --showformat='\${Version}' ${name}`);
  if (installed !== version) {
    throw new Error(`the server has ${name} ${installed} instead of ${version}`);
  }
}

/** How often the tool that the updates start has ended. */
async function endings(server: Server): Promise<number> {
  const log = await server.run("journalctl --output=cat --unit=restart-updated");
  return log.match(/^(Finished|Failed to start) /gm)?.length ?? 0;
}
