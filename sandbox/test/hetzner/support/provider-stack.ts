import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "@jest/globals";
import { HetznerControl } from "../../../hetzner/control.ts";
import { type Emulator, launchEmulator, publicKey, token } from "./emulator.ts";
import { type Outcome, Pulumi } from "./pulumi.ts";

export interface Wanted {
  publicKey: string;
  location: string;
  serverType: string;
  serverName: string;
  sshSources: string[];
  labels: Record<string, string>;
  /** Whether Hetzner protects the address, and the server. */
  isProtected: boolean;
  isServerProtected: boolean;
  /** A volume, or none. */
  volume: { size: number; isProtected: boolean } | null;
}

const wantedAtFirst: Wanted = {
  publicKey: `${publicKey}\n`,
  location: "nbg1",
  serverType: "cx23",
  serverName: "bot",
  sshSources: ["198.51.100.0/24"],
  labels: {},
  isProtected: false,
  isServerProtected: false,
  volume: null,
};

/** What a command of the CLI did. */
export interface ProviderRun extends Outcome {
  /** All calls, with "ID" for every id. */
  calls: string[];
  /** The calls that change something. */
  changes: string[];
}

/** A stack of the program beside this folder: the real CLI and the real provider, with their own emulator. */
export class ProviderStack {
  readonly emulator: Emulator;
  readonly control: HetznerControl;
  readonly #pulumi: Pulumi;
  readonly #folder: string;
  readonly #wanted: Wanted = { ...wantedAtFirst };

  private constructor(emulator: Emulator, control: HetznerControl, pulumi: Pulumi, folder: string) {
    this.emulator = emulator;
    this.control = control;
    this.#pulumi = pulumi;
    this.#folder = folder;
  }

  static async create(): Promise<ProviderStack> {
    const folder = await mkdtemp(join(tmpdir(), "hetzner-"));
    const emulator = await launchEmulator();
    await emulator.control.listen({ path: join(folder, "sock") });
    const control = new HetznerControl(join(folder, "sock"));
    const program = fileURLToPath(new URL("../program", import.meta.url));
    return new ProviderStack(emulator, control, await Pulumi.create(program, emulator.url, token), folder);
  }

  async remove(): Promise<void> {
    await this.#pulumi.remove();
    await this.emulator.stop();
    await rm(this.#folder, { recursive: true });
  }

  /** Runs the CLI, after a change of what the stack wants. */
  async run(verb: string, change: Partial<Wanted> = {}, ...flags: string[]): Promise<ProviderRun> {
    Object.assign(this.#wanted, change);
    const { result, requests } = await this.control.during(() =>
      this.#pulumi.run([verb, "--yes", "--skip-preview", ...flags], { WANTED: JSON.stringify(this.#wanted) }),
    );
    const calls = requests.map(({ method, path }) => `${method} ${path.replace(/\d{7,}/g, "ID")}`);
    return { ...result, calls, changes: calls.filter((call) => !call.startsWith("GET ")) };
  }

  /** The only server, and its machine. */
  async machine() {
    const [server] = await this.control.servers();
    return { server, machine: this.emulator.dataCentre.machine(server?.id ?? 0) };
  }

  /** The engine's name for the server. */
  async serverUrn(): Promise<string> {
    return /urn:\S+::server$/m.exec(await this.#pulumi.must("stack", "--show-urns"))?.[0] ?? "";
  }
}

export function expectSuccess({ code, output }: Outcome): void {
  expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
}
