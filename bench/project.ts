import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../sandbox/command.ts";

/** A Pulumi project with one stack, driven by the CLI. */
export class Project {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  pulumi(args: string[], stdin = ""): Promise<string> {
    return run(["env", `--chdir=${this.#folder}`, "pulumi", "--non-interactive", "--color=never", ...args], {
      stdin,
    });
  }

  /** Updates without a question and without a preview, which is measured separately. */
  up(...flags: string[]): Promise<string> {
    return this.pulumi(["up", "--yes", "--skip-preview", ...flags]);
  }

  preview(): Promise<string> {
    return this.pulumi(["preview"]);
  }
}

/**
 * A program that only loads the same SDK, in a project such as `pulumi new` creates. It has no `nodeargs`, so it
 * lacks the compile cache that the product's Pulumi.yaml switches on: the ratio includes what the program costs and
 * what the cache saves.
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
