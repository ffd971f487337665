import { existsSync } from "node:fs";
import { cp, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { trustVariables } from "./network/authority.ts";
import type { RunFolders } from "./run-folders.ts";

/** The program's own files; what surrounds it (tests, sandbox, history) stays where it is. */
const program = [
  "index.ts",
  "package.json",
  "tsconfig.json",
  "Pulumi.yaml",
  "Pulumi.prod.yaml",
  "binance",
  "checklist",
  "components",
  "examples",
  "scripts",
  "server",
];

/** Gives the operator a project folder of their own, so that nothing they try changes the checkout. */
export async function copyProject(folders: RunFolders, project: string): Promise<void> {
  await mkdir(folders.state, { recursive: true });
  await mkdir(folders.project, { recursive: true });
  await Promise.all(
    program
      .filter((name) => existsSync(join(project, name)))
      .map((name) => cp(join(project, name), join(folders.project, name), { recursive: true })),
  );
  await symlink(join(project, "node_modules"), join(folders.project, "node_modules"));
}

/** Gives the operator what people do in a browser otherwise, as commands. */
export async function installCommands(folders: RunFolders, project: string): Promise<void> {
  await mkdir(folders.bin, { recursive: true });
  for (const [command, file] of [
    ["binance-person", "sandbox/binance/person.ts"],
    ["webhook-messages", "sandbox/webhook/messages.ts"],
  ] as const) {
    await symlink(join(project, file), join(folders.bin, command));
  }
}

/**
 * Gives the operator a Pulumi of their own: which stack is selected, logins and logs stay with the run, while the
 * toolchain, which every run shares, is only read.
 */
export async function preparePulumiHome(folders: RunFolders, toolchain: string): Promise<void> {
  await mkdir(folders.pulumiHome);
  for (const folder of ["bin", "plugins"]) {
    await symlink(join(toolchain, folder), join(folders.pulumiHome, folder));
  }
}

/** What the operator's shell and programs find in their environment. */
export function operatorEnvironment(
  folders: RunFolders,
  toolchain: string,
  token: string,
): NodeJS.ProcessEnv {
  const { PATH = "" } = process.env;
  return {
    ...process.env,
    ...trustVariables(folders.tls),
    PATH: `${folders.bin}:${join(toolchain, "bin")}:${PATH}`,
    PULUMI_HOME: folders.pulumiHome,
    PULUMI_BACKEND_URL: `file://${folders.state}`,
    PULUMI_CONFIG_PASSPHRASE: "sandbox",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    HCLOUD_TOKEN: token,
  };
}
