import { cp, mkdir, symlink } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { trustVariables } from "./network/authority.ts";
import type { Places } from "./places.ts";

/** The program's own files; what surrounds it (tests, sandbox, history) stays where it is. */
const program = [
  "index.ts",
  "package.json",
  "tsconfig.json",
  "Pulumi.yaml",
  "Pulumi.prod.yaml",
  "binance",
  "components",
  "scripts",
  "server",
];

/** Gives the operator a project folder of their own, so that nothing they try changes the checkout. */
export async function copyProject(places: Places, project: string): Promise<void> {
  await mkdir(places.state, { recursive: true });
  await mkdir(places.project, { recursive: true });
  await Promise.all(
    program
      .filter((name) => existsSync(join(project, name)))
      .map((name) => cp(join(project, name), join(places.project, name), { recursive: true })),
  );
  await symlink(join(project, "node_modules"), join(places.project, "node_modules"));
}

/** Gives the operator what people do in a browser otherwise, as commands. */
export async function installCommands(places: Places, project: string): Promise<void> {
  await mkdir(places.bin, { recursive: true });
  await symlink(join(project, "sandbox/binance/person.ts"), join(places.bin, "binance-person"));
}

/** What the operator's shell and programs find in their environment. */
export function operatorEnvironment(places: Places, token: string): NodeJS.ProcessEnv {
  const { PATH = "", PULUMI_HOME = "" } = process.env;
  return {
    ...process.env,
    ...trustVariables(places.tls),
    PATH: `${places.bin}:${join(PULUMI_HOME, "bin")}:${PATH}`,
    PULUMI_BACKEND_URL: `file://${places.state}`,
    PULUMI_CONFIG_PASSPHRASE: "sandbox",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    HCLOUD_TOKEN: token,
  };
}
