import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import * as z from "zod";

const repository = fileURLToPath(new URL("../../../..", import.meta.url));

/** How a command of the CLI ended. */
export interface Outcome {
  code: number;
  output: string;
}

/** The real `pulumi`, with the real provider, in its own folder. */
export class Pulumi {
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(folder: string, environment: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#environment = environment;
  }

  /**
   * Makes a stack of the program, which uses the API at an endpoint.
   *
   * @throws Error if there is no PULUMI_HOME: without it, nothing would be tested
   */
  static async create(program: string, endpoint: string, token: string): Promise<Pulumi> {
    const { data } = z.object({ PULUMI_HOME: z.string(), PATH: z.string() }).safeParse(process.env);
    if (!data) {
      throw new Error("PULUMI_HOME is not set: run this test in the sandbox: `bash sandbox/run.sh exec …`");
    }
    const folder = await mkdtemp(join(tmpdir(), "provider-"));
    await mkdir(join(folder, "state"));
    await cp(program, folder, { recursive: true });
    await symlink(join(repository, "node_modules"), join(folder, "node_modules"));
    const runtime = { name: "nodejs", options: { typescript: false } };
    await writeFile(
      join(folder, "Pulumi.yaml"),
      JSON.stringify({ name: "provider", main: "index.ts", runtime }),
    );
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", main: "index.ts" }));
    const pulumi = new Pulumi(folder, {
      PATH: `${join(data.PULUMI_HOME, "bin")}:${data.PATH}`,
      HOME: folder,
      PULUMI_HOME: data.PULUMI_HOME,
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    });
    await pulumi.must("stack", "init", "test");
    await pulumi.must("config", "set", "--secret", "hcloud:token", token);
    await pulumi.must("config", "set", "hcloud:endpoint", endpoint);
    await pulumi.must("config", "set", "hcloud:pollInterval", "10ms");
    return pulumi;
  }

  /** Runs a command until it ends, successfully or not. */
  run(args: string[], environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const child = spawn("pulumi", [...args, "--non-interactive"], {
        cwd: this.#folder,
        env: { ...this.#environment, ...environment },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const output = Promise.all([text(child.stdout), text(child.stderr)]);
      child.once("error", reject);
      child.once("close", (code) => {
        output.then(([out, err]) => {
          resolve({ code: code ?? -1, output: out + err });
        }, reject);
      });
    });
  }

  /** Runs a command that must succeed. */
  async must(...args: string[]): Promise<string> {
    const { code, output } = await this.run(args);
    if (code !== 0) {
      throw new Error(`pulumi ${args.join(" ")}:\n${output}`);
    }
    return output;
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}
