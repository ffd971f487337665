import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { appendFile, copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { attempt, type CommandLine, type Outcome } from "../../sandbox/command.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { Terminal, type TerminalSize } from "./terminal.ts";

const folders = foldersOfThisRun();

/** What the engine did, by the resource's name: "create", "update", "replace" (for all of its steps), "same", … */
export type Operations = Record<string, string>;

/** The result of one run of the CLI. */
export interface Run extends Outcome {
  operations: Operations;
}

/** One line of the engine's event log, as far as tests read it. */
const event = z.object({
  resOutputsEvent: z.object({ metadata: z.object({ op: z.string(), urn: z.string() }) }).optional(),
});

/** What `pulumi stack export` prints, as far as tests read it. A component has no id. */
const exported = z.object({
  deployment: z.object({ resources: z.array(z.object({ id: z.string().optional() })) }),
});

/** A command on a stack, and its arguments. */
export type StackCommand = [name: string, ...args: string[]];

export interface StackOptions {
  /** Whether each `up` begins with a preview, as a person's does. The preview takes as long as the update. */
  previews?: boolean;
  /** The project's folder; by default, the operator's copy of the current project. */
  folder?: string;
}

/** A stack in a project's folder, used through the real CLI, as a person uses it. */
export class Stack {
  readonly name: string;
  /** Everything that the CLI has printed and logged so far. No secret may be in it. */
  transcript = "";

  /** The engine's event log, written while it runs. */
  readonly eventLog: string;

  readonly #previews: boolean;
  #folder: string;

  private constructor(name: string, { previews = false, folder = folders.project }: StackOptions) {
    this.name = name;
    this.#previews = previews;
    this.#folder = folder;
    this.eventLog = join(folders.dir, "tmp", `${name}-events.json`);
  }

  /** A new stack with all that a first `pulumi up` needs. */
  static async ready(name: string, options: StackOptions = {}): Promise<Stack> {
    const stack = new Stack(name, options);
    await stack.#mustRun(["stack", "init", name]);
    await stack.setSecret("hcloud:token", process.env.HCLOUD_TOKEN ?? "");
    await stack.set("adminCidrs", "198.51.100.10/32");
    if (options.folder === undefined) {
      // Most tests are about something else. A previous version doesn't have this setting.
      await stack.set("stateVolume", "none");
    }
    // Tests without Binance use keys that Binance doesn't know.
    await stack.set("verification", "off");
    return stack;
  }

  async set(name: string, value: string): Promise<void> {
    await this.#mustRun(["config", "set", "--stack", this.name, name, value]);
  }

  /** Sets one part of a setting that is an object, such as "bot.command". */
  async setPath(path: string, value: string): Promise<void> {
    await this.#mustRun(["config", "set", "--stack", this.name, "--path", path, value]);
  }

  /** On standard input, as from a prompt that doesn't show it. */
  async setSecret(name: string, value: string): Promise<void> {
    await this.#mustRun(["config", "set", "--stack", this.name, "--secret", name], value);
  }

  /** One part of a setting that is an object, as a secret. */
  async setSecretPath(path: string, value: string): Promise<void> {
    await this.#mustRun(["config", "set", "--stack", this.name, "--secret", "--path", path], value);
  }

  async setKeyPair(pair: { apiKey: string; apiSecret: string }): Promise<void> {
    await this.setSecret("binance:apiKey", pair.apiKey);
    await this.setSecret("binance:apiSecret", pair.apiSecret);
  }

  async unset(name: string): Promise<void> {
    await this.#mustRun(["config", "rm", "--stack", this.name, name]);
  }

  async unsetPath(path: string): Promise<void> {
    await this.#mustRun(["config", "rm", "--stack", this.name, "--path", path]);
  }

  up(...flags: string[]): Promise<Run> {
    return this.#update("up", this.#previews ? flags : ["--skip-preview", ...flags]);
  }

  preview(...flags: string[]): Promise<Run> {
    return this.#update("preview", flags);
  }

  destroy(...flags: string[]): Promise<Run> {
    return this.#update("destroy", flags);
  }

  /** Deletes everything. */
  async remove(): Promise<void> {
    const { code, stdout, stderr } = await this.script("teardown", ["--yes"]);
    if (code !== 0) {
      throw new Error(`npm run teardown failed:\n${stdout}\n${stderr}`);
    }
  }

  /** Runs `up`, which must succeed. */
  async mustUp(...flags: string[]): Promise<Run> {
    const result = await this.up(...flags);
    if (result.code !== 0) {
      throw new Error(`pulumi up failed:\n${result.stdout}\n${result.stderr}`);
    }
    return result;
  }

  async output(name: string): Promise<string> {
    const text = await this.#mustRun(["stack", "output", "--stack", this.name, "--show-secrets", name]);
    return text.trimEnd();
  }

  /** The ids of its resources: of servers and addresses, and of commands that have run. */
  async resourceIds(): Promise<string[]> {
    const state = await this.#mustRun(["stack", "export", "--stack", this.name]);
    return exported.parse(JSON.parse(state)).deployment.resources.flatMap(({ id }) => id ?? []);
  }

  /** Goes on in another project's folder, such as a newer version's, with the same settings. */
  async moveTo(folder: string): Promise<void> {
    const settings = `Pulumi.${this.name}.yaml`;
    await copyFile(join(this.#folder, settings), join(folder, settings));
    this.#folder = folder;
  }

  /** Edits a file of the project; returns what restores it. */
  async appendToFile(path: string, text: string): Promise<() => Promise<void>> {
    const file = join(this.#folder, path);
    const before = await readFile(file, "utf8");
    await appendFile(file, text);
    return () => writeFile(file, before);
  }

  /** Kills the CLI while it runs; the stack stays locked until `pulumi cancel`. */
  async kill(): Promise<void> {
    await attempt(["pkill", "--signal", "KILL", "--full", `pulumi.*${this.eventLog}`]);
  }

  /** Runs one of the project's own commands on this stack, as `npm run NAME -- ARGS` does. */
  async script(name: string, args: string[], stdin = ""): Promise<Outcome> {
    const outcome = await attempt(this.#commandLine(name, args), { stdin });
    this.transcript += outcome.stdout + outcome.stderr;
    return outcome;
  }

  /** Starts such a command, which the test ends. */
  start(name: string, args: string[]): ChildProcessWithoutNullStreams {
    const [program, ...rest] = this.#commandLine(name, args);
    return spawn(program, rest);
  }

  /**
   * Starts a command in its own process group, as a terminal does: "pulumi" is the CLI, and every other name is one of the
   * project's own commands.
   */
  startCommand([name, ...args]: StackCommand): ChildProcessWithoutNullStreams {
    const [program, ...rest] =
      name === "pulumi" ? this.#pulumiLine([...args, "--stack", this.name]) : this.#commandLine(name, args);
    return spawn(program, rest, { detached: true });
  }

  /** Starts such a command in its own terminal. */
  startInTerminal(name: string, args: string[], size: TerminalSize): Terminal {
    return new Terminal(this.#commandLine(name, args), size);
  }

  /** Runs any command of the CLI. */
  async pulumi(args: string[], stdin?: string): Promise<Outcome> {
    const outcome = await attempt(this.#pulumiLine(args), stdin === undefined ? {} : { stdin });
    this.transcript += outcome.stdout + outcome.stderr;
    return outcome;
  }

  #pulumiLine(args: string[]): CommandLine {
    const pulumi = ["pulumi", "--non-interactive", "--color=never", ...args];
    // The CLI has the event log only as a debugging flag.
    return ["env", `--chdir=${this.#folder}`, "PULUMI_DEBUG_COMMANDS=1", ...pulumi];
  }

  #commandLine(name: string, args: string[]): CommandLine {
    return ["env", `--chdir=${this.#folder}`, "node", `scripts/${name}.ts`, "--stack", this.name, ...args];
  }

  async #update(verb: string, flags: string[]): Promise<Run> {
    await rm(this.eventLog, { force: true });
    const yes = verb === "preview" ? [] : ["--yes"];
    const outcome = await this.pulumi([
      verb,
      ...yes,
      "--stack",
      this.name,
      "--event-log",
      this.eventLog,
      ...flags,
    ]);
    const events = await readFile(this.eventLog, "utf8").catch(() => "");
    this.transcript += events;
    return { ...outcome, operations: operationsIn(events) };
  }

  async #mustRun(args: string[], stdin?: string): Promise<string> {
    const { code, stdout, stderr } = await this.pulumi(args, stdin);
    if (code !== 0) {
      throw new Error(`pulumi ${args.join(" ")} failed:\n${stdout}\n${stderr}`);
    }
    return stdout;
  }
}

function operationsIn(events: string): Operations {
  const operations: Operations = {};
  for (const line of events.split("\n").filter(Boolean)) {
    const metadata = event.parse(JSON.parse(line)).resOutputsEvent?.metadata;
    if (metadata === undefined) {
      continue;
    }
    const [, , types = "", name = ""] = metadata.urn.split("::");
    // Components make nothing by themselves, and often have the same name as a resource in them.
    if (isComponent(types.split("$").at(-1) ?? "")) {
      continue;
    }
    operations[name] = metadata.op.includes("replace") ? "replace" : metadata.op;
  }
  return operations;
}

function isComponent(type: string): boolean {
  return type.startsWith("trading-bot-server:") || type.startsWith("pulumi:");
}

/** What changed, by name: everything but "same" and "read". */
export function changes({ operations }: Run): Operations {
  return Object.fromEntries(Object.entries(operations).filter(([, op]) => op !== "same" && op !== "read"));
}
