import { existsSync } from "node:fs";
import { cp, mkdir, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { attempt } from "./command.ts";
import { trustVariables } from "./network/authority.ts";
import type { RunFolders } from "./run-folders.ts";

/** Gives the operator their own copy of the project, so that nothing they try changes the original. */
export async function copyProject(folders: RunFolders, project: string): Promise<void> {
  await mkdir(folders.state, { recursive: true });
  await mkdir(folders.project, { recursive: true });
  const files = await filesInGit(project);
  await (files === undefined
    ? copyAll(project, folders.project)
    : Promise.all(files.map((file) => copy(join(project, file), join(folders.project, file)))));
  const packages = join(project, "node_modules");
  if (existsSync(packages)) {
    await symlink(packages, join(folders.project, "node_modules"));
  }
}

/** The files of a project that git doesn't ignore, or undefined if the project isn't in a git repository. */
async function filesInGit(project: string): Promise<string[] | undefined> {
  // A checkout that belongs to a person who became root by sudo is trusted as well: root runs its code anyway.
  const git = ["env", "-C", project, "git", "-c", "safe.directory=*"] as const;
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { code, stdout } = await attempt([...git, ...list]);
  // A file that was deleted and not yet committed is still listed.
  return code === 0
    ? stdout.split("\0").filter((file) => file !== "" && existsSync(join(project, file)))
    : undefined;
}

async function copyAll(from: string, to: string): Promise<void> {
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !["node_modules", ".git"].includes(basename(source)),
  });
}

async function copy(from: string, to: string): Promise<void> {
  // Recursive, because a submodule is listed as one file.
  await cp(from, to, { recursive: true, verbatimSymlinks: true });
}

/** Gives the operator commands for what people otherwise do in a browser. */
export async function installCommands(folders: RunFolders): Promise<void> {
  await mkdir(folders.bin, { recursive: true });
  for (const [command, file] of [
    ["binance-person", "binance/person.ts"],
    ["webhook-messages", "webhook/messages.ts"],
  ] as const) {
    await symlink(join(import.meta.dirname, file), join(folders.bin, command));
  }
}

/**
 * Gives the operator their own Pulumi home. The selected stack, logins and logs belong to the run; the toolchain is
 * shared by all runs and only read.
 */
export async function preparePulumiHome(folders: RunFolders, toolchain: string): Promise<void> {
  await mkdir(folders.pulumiHome);
  for (const folder of ["bin", "plugins"]) {
    await symlink(join(toolchain, folder), join(folders.pulumiHome, folder));
  }
}

/** The environment of the operator's shell and programs. */
export function operatorEnvironment(
  folders: RunFolders,
  { project, toolchain, token }: { project: string; toolchain: string; token: string },
): NodeJS.ProcessEnv {
  const { PATH = "" } = process.env;
  const first = [folders.bin, join(toolchain, "bin"), join(project, "node_modules/.bin")];
  return {
    ...process.env,
    ...trustVariables(folders.tls),
    PATH: [...first, PATH].join(":"),
    PULUMI_HOME: folders.pulumiHome,
    PULUMI_BACKEND_URL: `file://${folders.state}`,
    PULUMI_CONFIG_PASSPHRASE: "sandbox",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    HCLOUD_TOKEN: token,
  };
}
