import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../sandbox/command.ts";

/** A Pulumi project with one stack, driven by the CLI. */
export class Project {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  pulumi(words: string[], stdin = ""): Promise<string> {
    return run(["env", `--chdir=${this.#folder}`, "pulumi", "--non-interactive", "--color=never", ...words], {
      stdin,
    });
  }

  /** Updates without asking; the preview before it is what `preview` measures. */
  up(...flags: string[]): Promise<string> {
    return this.pulumi(["up", "--yes", "--skip-preview", ...flags]);
  }

  preview(): Promise<string> {
    return this.pulumi(["preview"]);
  }
}

/**
 * A program that does nothing but load the same SDK, in a project as `pulumi new` leaves it. It has no `nodeargs`,
 * and so not the compile cache that this project's own Pulumi.yaml switches on: the ratio shows both, what the
 * program costs and what the cache saves.
 */
export async function emptyProject(folder: string, nodeModules: string): Promise<Project> {
  await mkdir(folder, { recursive: true });
  await symlink(nodeModules, join(folder, "node_modules"));
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ name: "empty", type: "module", main: "index.ts" }),
  );
  await writeFile(join(folder, "index.ts"), 'import "@pulumi/pulumi";\n');
  await writeFile(
    join(folder, "Pulumi.yaml"),
    "name: empty\nmain: index.ts\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
  );
  const project = new Project(folder);
  await project.pulumi(["stack", "init", "empty"]);
  return project;
}
