import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { afterAll } from "@jest/globals";
import { certificateFile } from "../support/certificate.ts";
import { redirectModule } from "../support/redirect.ts";

/** What a script printed, and its exit code. */
export interface ScriptResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The script's two ways to Binance. */
export interface Routes {
  /** A port of this computer for ssh's tunnel; or what ssh prints when it fails. */
  server: number | string;
  /** A port of this computer for the direct connection; undefined for a network without Binance. */
  direct: number | undefined;
}

export interface RunOptions {
  /** Without them, ssh can only run commands. With a port, it does both. */
  routes?: Routes;
  /** The stack's settings. */
  settings?: Record<string, string>;
  /** Standard input. */
  input?: string;
  environment?: Record<string, string>;
}

/** What a person types: one line, or one for each text. */
interface Typing {
  type?: string;
  at?: string;
  answers?: [at: string, type: string][];
}

/** All computers of a test file share it: a script starts twice as fast from its second run on. */
const compileCache = mkdtempSync(join(tmpdir(), "compile-cache-"));

afterAll(() => {
  rmSync(compileCache, { recursive: true });
});

/** The operator's computer: `ssh` and `pulumi` on its PATH are stand-ins that record how they were called. */
export class OperatorComputer {
  readonly folder = mkdtempSync(join(tmpdir(), "operator-"));
  readonly #outputs: object;
  readonly #ca: string | undefined;

  /** @param outputs the stack's outputs, in plaintext */
  constructor(outputs: object, ca?: string) {
    this.#outputs = outputs;
    if (ca !== undefined) {
      this.#ca = certificateFile(this.folder, ca);
    }
    mkdirSync(join(this.folder, "bin"));
    mkdirSync(join(this.folder, "server"));
    mkdirSync(join(this.folder, "tmp"));
    this.#writeProgram("bin/ssh", `#!${process.execPath}\n${ssh}`);
    this.#writeProgram("bin/pulumi", `#!${process.execPath}\n${pulumi}`);
    this.addServerProgram("sudo", 'exec "$@"');
    writeFileSync(join(this.folder, "redirect.mjs"), redirectModule);
  }

  /** Adds a shell script to the server's programs: ssh runs its commands with them first on the PATH. */
  addServerProgram(name: string, script: string): void {
    this.#writeProgram(`server/${name}`, `#!/bin/sh\n${script}\n`);
  }

  /** Adds a shell script to this computer's programs. */
  addProgram(name: string, script: string): void {
    this.#writeProgram(`bin/${name}`, `#!/bin/sh\n${script}\n`);
  }

  /** Sets which public keys the server lets in. Until then, it accepts every key. */
  authorize(publicKeys: string[]): void {
    writeFileSync(join(this.folder, "authorized"), publicKeys.join("\n"));
  }

  removeServerProgram(name: string): void {
    rmSync(join(this.folder, "server", name));
  }

  /** Sets what `pulumi stack export` prints. */
  setState(json: string): void {
    writeFileSync(join(this.folder, "state.json"), json);
  }

  /** What the last `pulumi stack import` has got, or else `setState`. */
  get state(): string {
    return readFileSync(join(this.folder, "state.json"), "utf8");
  }

  /** Adds what a verb of pulumi does, such as "up": a shell script, which gets the whole command line. */
  addPulumiVerb(verb: string, script: string): void {
    this.#writeProgram(`bin/pulumi-${verb}`, `#!/bin/sh\n${script}\n`);
  }

  removePulumiVerb(verb: string): void {
    rmSync(join(this.folder, "bin", `pulumi-${verb}`));
  }

  /** Runs one of our scripts in this computer's folder. */
  async run(script: string, args: string[], options: RunOptions = {}): Promise<ScriptResult> {
    const child = this.start(script, args, options);
    child.stdin.on("error", () => undefined).end(options.input ?? "");
    const [code, stdout, stderr] = await Promise.all([endOf(child), text(child.stdout), text(child.stderr)]);
    return { code, stdout, stderr };
  }

  /** Runs one of our scripts in a terminal, where a person types a line when a text is shown; once for each text. */
  async runInTerminal(
    script: string,
    args: string[],
    { type, at, answers, ...options }: Typing & RunOptions = {},
  ): Promise<{ code: number | null; screen: string }> {
    const command = this.#commandLine(script, args).map((arg) => `'${arg}'`);
    const child = spawn("script", ["--quiet", "--return", "--command", command.join(" "), "/dev/null"], {
      env: this.#environment(options),
      cwd: this.folder,
    });
    // Not earlier: the terminal itself would take a Ctrl-D. And its end would be an answer.
    const left = answers ?? (at === undefined ? [] : [[at, type ?? ""]]);
    let shown = "";
    child.stdout.on("data", (chunk: Buffer) => {
      const [next] = left;
      shown += chunk.toString();
      if (next !== undefined && shown.includes(next[0])) {
        left.shift();
        shown = "";
        child.stdin.write(next[1]);
      }
    });
    const [code, screen] = await Promise.all([endOf(child), text(child.stdout)]);
    return { code, screen };
  }

  /** Starts one of our scripts, and leaves its input open. */
  start(script: string, args: string[], options: RunOptions = {}): ChildProcessWithoutNullStreams {
    const [program, ...rest] = this.#commandLine(script, args);
    return spawn(program, rest, { cwd: this.folder, env: this.#environment(options) });
  }

  #commandLine(script: string, args: string[]): [program: string, ...rest: string[]] {
    const preload = pathToFileURL(join(this.folder, "redirect.mjs")).href;
    const file = join(import.meta.dirname, "../../scripts", script);
    return [process.execPath, "--import", preload, file, ...args];
  }

  /** Writes what the stand-ins print, and returns the environment in which they find it. */
  #environment({ routes, settings = {}, environment = {} }: RunOptions): Record<string, string> {
    const config = Object.entries(settings).map(([name, value]) => [name, { value, secret: true }]);
    writeFileSync(join(this.folder, "outputs.json"), JSON.stringify(this.#outputs));
    writeFileSync(join(this.folder, "config.json"), JSON.stringify(Object.fromEntries(config)));
    writeFileSync(join(this.folder, "calls"), "");
    return {
      PATH: `${join(this.folder, "bin")}:${process.env.PATH ?? ""}`,
      TERM: "xterm",
      TMPDIR: join(this.folder, "tmp"),
      XDG_RUNTIME_DIR: join(this.folder, "tmp"),
      ...(this.#ca !== undefined && { NODE_EXTRA_CA_CERTS: this.#ca }),
      NODE_COMPILE_CACHE: compileCache,
      FOLDER: this.folder,
      TUNNEL: String(routes?.server ?? ""),
      REDIRECT_PORTS: JSON.stringify({ "api.binance.com": routes?.direct }),
      ...environment,
    };
  }

  /** What scripts have in the folder for temporary files, or have left there. */
  get temporaryFiles(): string[] {
    return readdirSync(join(this.folder, "tmp"));
  }

  /** The files of this computer that contain a text, except the one in which the stand-in for pulumi finds it. */
  filesWith(text: string): string[] {
    const files = readdirSync(this.folder, { recursive: true, encoding: "utf8" });
    return files.filter((name) => {
      const file = join(this.folder, name);
      return name !== "outputs.json" && statSync(file).isFile() && readFileSync(file, "utf8").includes(text);
    });
  }

  /** The command lines of ssh and pulumi in the last run, in their order. */
  get calls(): string[] {
    return readFileSync(join(this.folder, "calls"), "utf8").split("\n").filter(Boolean);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  #writeProgram(name: string, content: string): void {
    const file = join(this.folder, name);
    writeFileSync(file, content);
    chmodSync(file, 0o755);
  }
}

function endOf(child: ChildProcessWithoutNullStreams): Promise<number | null> {
  return new Promise((resolve) => child.once("close", resolve));
}

const record = `
const { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } = require("node:fs");
const { spawnSync } = require("node:child_process");
const { FOLDER, TUNNEL } = process.env;
const args = process.argv.slice(2);
const name = require("node:path").basename(process.argv[1]);
appendFileSync(FOLDER + "/calls", [name, ...args].join(" ") + "\\n");
`;

const ssh = `${record}
// Without an agent of ours, it is the owner's own ssh with keys that only an open server lets in.
const agent = args.find((arg) => arg.startsWith("IdentityAgent="))?.slice("IdentityAgent=".length);
const agentFolder = agent && statSync(require("node:path").dirname(agent));
if (agent && (!statSync(agent).isSocket() || (agentFolder.mode & 0o777) !== 0o700)) throw new Error("others can use the agent");
if (existsSync(FOLDER + "/authorized")) {
  const { stdout } = spawnSync("ssh-add", ["-L"], { env: { SSH_AUTH_SOCK: agent ?? "/nowhere", PATH: process.env.PATH }, encoding: "utf8" });
  const authorized = readFileSync(FOLDER + "/authorized", "utf8").split("\\n");
  if (!stdout.trim().split("\\n").some((line) => authorized.includes(line.trim()))) {
    process.stderr.write("admin@203.0.113.10: Permission denied (publickey).\\n");
    process.exit(255);
  }
}
if (TUNNEL === "" || (/^\\d+$/.test(TUNNEL) && !args.includes("-W"))) {
  const env = { ...process.env, PATH: FOLDER + "/server:" + process.env.PATH };
  const { status } = spawnSync("sh", ["-c", args.at(-1)], { env, stdio: "inherit" });
  process.exit(status ?? 255);
}
if (!/^\\d+$/.test(TUNNEL)) {
  process.stderr.write(TUNNEL + "\\n");
  process.exit(255);
}
const socket = require("node:net").connect(Number(TUNNEL), "127.0.0.1");
process.stdin.pipe(socket).pipe(process.stdout);
socket.on("error", () => process.exit(255));
socket.on("close", () => process.exit(0));
`;

const pulumi = `${record}
const verb = FOLDER + "/bin/pulumi-" + args[0];
if (existsSync(verb)) {
  process.exit(spawnSync(verb, args, { stdio: "inherit" }).status ?? 255);
}
if (args[1] === "export") {
  const state = existsSync(FOLDER + "/state.json") ? JSON.parse(readFileSync(FOLDER + "/state.json")) : { deployment: { resources: [] } };
  // With secrets, the state has the outputs, unless a test has set others.
  if (args.includes("--show-secrets")) {
    const { resources } = state.deployment;
    const type = "pulumi:pulumi:Stack";
    const stack = resources.find((resource) => resource.type === type) ?? { urn: "urn:pulumi:prod::project::" + type + "::stack", type };
    if (!resources.includes(stack)) resources.push(stack);
    stack.outputs = { ...JSON.parse(readFileSync(FOLDER + "/outputs.json")), ...stack.outputs };
  }
  process.stdout.write(JSON.stringify(state));
}
else if (args[1] === "import") writeFileSync(FOLDER + "/state.json", readFileSync(0));
else if (args[1] === "--show-name") process.stdout.write("prod\\n");
else if (args[0] === "stack") process.stdout.write(readFileSync(FOLDER + "/outputs.json"));
else if (args[1] !== "set") process.stdout.write(readFileSync(FOLDER + "/config.json"));
`;
