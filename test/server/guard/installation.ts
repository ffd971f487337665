import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import type { KeyPair } from "../../../binance/key-pair.ts";
import { guardBundle } from "../../../components/guard-bundle.ts";
import { redirectModule } from "../../support/redirect.ts";

/** What the guard printed, and how it ended. */
export interface Ended {
  code: number | null;
  output: string;
}

const bundle = await guardBundle();

/** A server with the bundled guard, its credentials and settings; host names lead to ports of this computer. */
export class Installation {
  readonly folder = mkdtempSync(join(tmpdir(), "guard-"));
  readonly #ca: string;
  /** By host name: the local port. */
  readonly ports: Record<string, number>;

  /** @param authorities certificates (PEM) to trust */
  constructor(authorities: string[], ports: Record<string, number>) {
    this.ports = ports;
    for (const name of ["credentials", "configuration", "state", "runtime"]) {
      mkdirSync(this.#path(name));
    }
    this.#ca = this.#path("ca.crt");
    writeFileSync(this.#ca, authorities.join("\n"));
    writeFileSync(this.#path("guard.mjs"), bundle);
    writeFileSync(this.#path("redirect.mjs"), redirectModule);
    this.configure();
  }

  /** Writes guard.json, as `pulumi up` does. */
  configure(changes: { listsOrders?: boolean; key?: object } = {}): void {
    const settings = { server: "trading-bot-prod", ipAddress: "203.0.113.10", ...changes };
    this.write("configuration/guard.json", JSON.stringify(settings));
  }

  setKeyPair(pair: KeyPair, credential = "binance"): void {
    this.write(`credentials/${credential}`, JSON.stringify(pair));
  }

  /** Writes bot.json with these parts. */
  setBot(bot: object): void {
    this.write("configuration/bot.json", JSON.stringify({ command: ["/usr/bin/true"], ...bot }));
  }

  /** @param url undefined for none */
  setAddress(setting: "webhook" | "heartbeat", url: string | undefined): void {
    const name = `credentials/trading-bot-${setting}`;
    if (url === undefined) {
      rmSync(this.#path(name), { force: true });
    } else {
      this.write(name, `${url}\n`);
    }
  }

  write(name: string, content: string): void {
    writeFileSync(this.#path(name), content);
  }

  read(name: string): string {
    return readFileSync(this.#path(name), "utf8");
  }

  forget(): void {
    for (const path of this.#written()) {
      rmSync(path);
    }
  }

  /** All that the guard has written to its own folders. */
  get remembered(): string {
    return this.#written()
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
  }

  #written(): string[] {
    return ["state", "runtime"].flatMap((folder) =>
      readdirSync(this.#path(folder)).map((name) => this.#path(join(folder, name))),
    );
  }

  async run(...args: string[]): Promise<Ended> {
    const preload = pathToFileURL(this.#path("redirect.mjs")).href;
    const child = spawn(
      process.execPath,
      ["--jitless", "--import", preload, this.#path("guard.mjs"), ...args],
      {
        env: {
          CREDENTIALS_DIRECTORY: this.#path("credentials"),
          CONFIGURATION_DIRECTORY: this.#path("configuration"),
          STATE_DIRECTORY: this.#path("state"),
          RUNTIME_DIRECTORY: this.#path("runtime"),
          NODE_EXTRA_CA_CERTS: this.#ca,
          REDIRECT_PORTS: JSON.stringify(this.ports),
        },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { code, output: stdout + stderr };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  #path(name: string): string {
    return join(this.folder, name);
  }
}
