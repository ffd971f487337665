import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/** A computer of an operator's: `ssh` and `pulumi` on its PATH are stand-ins that note how they were called. */
export class Desk {
  readonly folder = mkdtempSync(join(tmpdir(), "desk-"));
  readonly #outputs: object;
  readonly #ca: string;

  /** @param outputs what `pulumi stack output --json` prints */
  constructor(outputs: object, ca: string) {
    this.#outputs = outputs;
    this.#ca = certificateFile(this.folder, ca);
    mkdirSync(join(this.folder, "bin"));
    this.#tool("ssh", ssh);
    this.#tool("pulumi", pulumi);
    writeFileSync(join(this.folder, "redirect.mjs"), redirect);
  }

  /** Runs a script of the project's in this desk's folder. */
  async run(
    script: string,
    words: string[],
    { ways, settings = {}, input = "" }: { ways: Ways; settings?: Record<string, string>; input?: string },
  ): Promise<Ended> {
    const config = Object.entries(settings).map(([name, value]) => [name, { value, secret: true }]);
    writeFileSync(join(this.folder, "outputs.json"), JSON.stringify(this.#outputs));
    writeFileSync(join(this.folder, "config.json"), JSON.stringify(Object.fromEntries(config)));
    writeFileSync(join(this.folder, "called"), "");
    const preload = pathToFileURL(join(this.folder, "redirect.mjs")).href;
    const child = spawn(
      process.execPath,
      ["--import", preload, join(import.meta.dirname, "../../scripts", script), ...words],
      {
        cwd: this.folder,
        env: {
          PATH: `${join(this.folder, "bin")}:${process.env.PATH ?? ""}`,
          XDG_RUNTIME_DIR: this.folder,
          NODE_EXTRA_CA_CERTS: this.#ca,
          DESK: this.folder,
          DESK_TUNNEL: String(ways.server),
          DESK_DIRECT: String(ways.direct ?? 9),
        },
      },
    );
    child.stdin.on("error", () => undefined).end(input);
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { code, stdout, stderr };
  }

  /** The command lines of ssh and pulumi in the last run, in the order of their calls. */
  get called(): string[] {
    return readFileSync(join(this.folder, "called"), "utf8").split("\n").filter(Boolean);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  #tool(name: string, program: string): void {
    const file = join(this.folder, "bin", name);
    writeFileSync(file, `#!${process.execPath}\n${program}`);
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
