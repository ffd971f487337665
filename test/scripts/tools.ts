import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { certificateFile } from "../support/certificate.ts";

/** What a script said, and how it ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Where the script's two ways to Binance lead. */
export interface Ways {
  /** A port here for ssh's tunnel; or what ssh says when it fails. */
  server: number | string;
  /** A port here for the direct way; undefined for a network without Binance. */
  direct: number | undefined;
}

/** What a script finds around it. */
export interface Surroundings {
  /** Without them, ssh can only run commands. */
  ways?: Ways;
  settings?: Record<string, string>;
  input?: string;
}

/** A computer of an operator's: `ssh` and `pulumi` on its PATH are stand-ins that note how they were called. */
export class Desk {
  readonly folder = mkdtempSync(join(tmpdir(), "desk-"));
  readonly #outputs: object;
  readonly #ca: string | undefined;

  /** @param outputs what `pulumi stack output --json` prints */
  constructor(outputs: object, ca?: string) {
    this.#outputs = outputs;
    if (ca !== undefined) {
      this.#ca = certificateFile(this.folder, ca);
    }
    mkdirSync(join(this.folder, "bin"));
    mkdirSync(join(this.folder, "server"));
    this.#tool("bin/ssh", `#!${process.execPath}\n${ssh}`);
    this.#tool("bin/pulumi", `#!${process.execPath}\n${pulumi}`);
    this.onServer("sudo", 'exec "$@"');
    writeFileSync(join(this.folder, "redirect.mjs"), redirect);
  }

  /** Puts a program on the server, a shell script: ssh runs what it is asked to with it on the PATH. */
  onServer(name: string, script: string): void {
    this.#tool(`server/${name}`, `#!/bin/sh\n${script}\n`);
  }

  /** Runs a script of the project's in this desk's folder. */
  async run(script: string, words: string[], surroundings: Surroundings = {}): Promise<Ended> {
    const child = this.start(script, words, surroundings);
    child.stdin.on("error", () => undefined).end(surroundings.input ?? "");
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { code, stdout, stderr };
  }

  /** Starts a script, whose input stays open. */
  start(script: string, words: string[], surroundings: Surroundings = {}): ChildProcessWithoutNullStreams {
    const [program, ...rest] = this.commandLine(script, words);
    return spawn(program, rest, { cwd: this.folder, env: this.environment(surroundings) });
  }

  /** What runs a script here, from whatever folder. */
  commandLine(script: string, words: string[]): [program: string, ...rest: string[]] {
    const preload = pathToFileURL(join(this.folder, "redirect.mjs")).href;
    return [
      process.execPath,
      "--import",
      preload,
      join(import.meta.dirname, "../../scripts", script),
      ...words,
    ];
  }

  /** Lays out a run's surroundings; returns the environment that leads into them. */
  environment({ ways, settings = {} }: Surroundings = {}): Record<string, string> {
    const config = Object.entries(settings).map(([name, value]) => [name, { value, secret: true }]);
    writeFileSync(join(this.folder, "outputs.json"), JSON.stringify(this.#outputs));
    writeFileSync(join(this.folder, "config.json"), JSON.stringify(Object.fromEntries(config)));
    writeFileSync(join(this.folder, "called"), "");
    return {
      PATH: `${join(this.folder, "bin")}:${process.env.PATH ?? ""}`,
      XDG_RUNTIME_DIR: this.folder,
      ...(this.#ca !== undefined && { NODE_EXTRA_CA_CERTS: this.#ca }),
      DESK: this.folder,
      DESK_TUNNEL: String(ways?.server ?? ""),
      DESK_DIRECT: String(ways?.direct ?? 9),
    };
  }

  /** What scripts have left of the keys that they wrote to files for ssh. */
  get keyFiles(): string[] {
    return readdirSync(this.folder).filter((name) => name.startsWith("trading-bot-server-"));
  }

  /** The command lines of ssh and pulumi in the last run, in the order of their calls. */
  get called(): string[] {
    return readFileSync(join(this.folder, "called"), "utf8").split("\n").filter(Boolean);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  #tool(name: string, program: string): void {
    const file = join(this.folder, name);
    writeFileSync(file, program);
    chmodSync(file, 0o755);
  }
}

const note = `
const { appendFileSync, readFileSync, statSync } = require("node:fs");
const { DESK, DESK_TUNNEL } = process.env;
const words = process.argv.slice(2);
const name = require("node:path").basename(process.argv[1]);
appendFileSync(DESK + "/called", [name, ...words].join(" ") + "\\n");
`;

const ssh = `${note}
const key = words.find((word) => word.startsWith("IdentityFile=")).slice("IdentityFile=".length);
if ((statSync(key).mode & 0o777) !== 0o600) throw new Error("the key file is open to others");
if (DESK_TUNNEL === "") {
  const env = { ...process.env, PATH: DESK + "/server:" + process.env.PATH };
  const { status } = require("node:child_process").spawnSync("sh", ["-c", words.at(-1)], { env, stdio: "inherit" });
  process.exit(status ?? 255);
}
if (!/^\\d+$/.test(DESK_TUNNEL)) {
  process.stderr.write(DESK_TUNNEL + "\\n");
  process.exit(255);
}
const socket = require("node:net").connect(Number(DESK_TUNNEL), "127.0.0.1");
process.stdin.pipe(socket).pipe(process.stdout);
socket.on("error", () => process.exit(255));
socket.on("close", () => process.exit(0));
`;

const pulumi = `${note}
if (words[0] === "stack") process.stdout.write(readFileSync(DESK + "/outputs.json"));
else if (words[1] !== "set") process.stdout.write(readFileSync(DESK + "/config.json"));
`;

/** Leads the direct way to a port here: the script itself has no such switch. */
const redirect = `
import net from "node:net";
import { syncBuiltinESMExports } from "node:module";
const { connect } = net;
net.connect = (options, ...rest) =>
  connect(
    options?.host === "api.binance.com"
      ? { ...options, host: "127.0.0.1", port: Number(process.env.DESK_DIRECT) }
      : options,
    ...rest,
  );
syncBuiltinESMExports();
`;
