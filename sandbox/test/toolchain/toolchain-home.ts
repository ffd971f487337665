import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const script = join(import.meta.dirname, "../../toolchain/toolchain.sh");

/** The PULUMI_HOME that the sandbox uses: from TOOLCHAIN_HOME, or else from toolchain.sh. */
const toolchainHome = (): string =>
  process.env.TOOLCHAIN_HOME ??
  execFileSync(script, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();

/** The schema as the engine gets it: from the installed plugin, whichever version that is. */
export const schemaOfPlugin = (name: string): unknown => {
  const home = toolchainHome();
  const plugins = join(home, "plugins");
  const folder = readdirSync(plugins, { withFileTypes: true }).find(
    (entry) => entry.isDirectory() && entry.name.startsWith(`resource-${name}-v`),
  );
  if (folder === undefined) {
    throw new Error(`there is no plugin ${name} in ${plugins}`);
  }
  const plugin = join(plugins, folder.name, `pulumi-resource-${name}`);
  const output = execFileSync(join(home, "bin/pulumi"), ["package", "get-schema", plugin], {
    encoding: "utf8",
    env: { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "1" },
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(output);
};
