import { rm } from "node:fs/promises";
import { run } from "../command.ts";
import type { FirewallRule } from "../hetzner/data-centre.ts";
import { within } from "../network/at.ts";
import { firewallRuleset, withoutFirewall } from "../network/firewall.ts";
import { internet } from "../network/sites.ts";
import type { RunFolders } from "../run-folders.ts";
import type { Boot } from "./boot.ts";
import { freeze, kill, thaw } from "./cgroup.ts";
import { holdsBoots } from "./hold-boots.ts";
import { type MachineFolders, machineFolders } from "./machine-folders.ts";
import type { MachineLink, Platform, Seed } from "./platform.ts";

/** A machine: a disk, a link, a firewall, and a container or a virtual machine while it is on. */
export class Machine {
  readonly #platform: Platform;
  readonly #sandbox: RunFolders;
  readonly #folders: MachineFolders;
  #seed: Seed;
  #ipv4: string | undefined;
  #rules: readonly FirewallRule[] | undefined;
  /** The SSH keys of a rescue system that boots next. */
  #rescue: readonly string[] | undefined;
  #boot: Boot | undefined;
  #off = Promise.resolve(false);
  #link: MachineLink | undefined;

  constructor(platform: Platform, sandbox: RunFolders, id: number, seed: Seed, ipv4: string | undefined) {
    this.#platform = platform;
    this.#sandbox = sandbox;
    this.#folders = machineFolders(sandbox, id);
    this.#seed = seed;
    this.#ipv4 = ipv4;
  }

  get folders(): MachineFolders {
    return this.#folders;
  }

  get isRunning(): boolean {
    return this.#boot !== undefined;
  }

  get isRescueNext(): boolean {
    return this.#rescue !== undefined;
  }

  /** Sets or removes the SSH keys of a rescue system for the next boot. */
  setRescue(sshKeys: readonly string[] | undefined): Promise<void> {
    this.#rescue = sshKeys;
    return Promise.resolve();
  }

  /**
   * Makes a new disk. For cloud-init this is a new machine.
   *
   * @param image the folder of an image of another disk, if it isn't made from the sandbox's image
   */
  async install(userData: string | undefined, image: string | undefined): Promise<void> {
    this.#seed = { ...this.#seed, userData: userData ?? this.#seed.userData, image };
    await this.#platform.makeDevices(this.#folders);
    await this.#platform.makeDisk(this.#sandbox, this.#folders, this.#seed);
  }

  /** Turns it on, if it is off. */
  async start(): Promise<void> {
    if (this.#boot !== undefined) {
      return;
    }
    await this.#filter();
    this.#link = await this.#platform.plugIn(this.#sandbox, this.#folders, this.#ipv4);
    const rescue = this.#rescue;
    this.#rescue = undefined;
    try {
      this.#boot = await (rescue === undefined
        ? this.#platform.boot(this.#folders)
        : this.#platform.bootRescue(this.#sandbox, this.#folders, rescue));
    } catch (error) {
      await this.#unplug();
      throw error;
    }
    this.#off = this.#clearUp(this.#boot);
    if (holdsBoots(this.#sandbox)) {
      await freeze(this.#folders.payload);
    }
  }

  /** Copies its disk to a new folder. */
  async makeImage(image: string): Promise<void> {
    const isFrozen = this.#boot !== undefined && !holdsBoots(this.#sandbox);
    if (isFrozen) {
      await freeze(this.#folders.payload);
    }
    try {
      await this.#platform.makeImage(this.#folders, image);
    } finally {
      if (isFrozen) {
        await thaw(this.#folders.payload);
      }
    }
  }

  /** Resolves when it is off, for whatever reason: true if it wants to be started again. */
  async off(): Promise<boolean> {
    return this.#off;
  }

  async shutdown(): Promise<void> {
    if (this.#boot !== undefined) {
      await this.#boot.pressPowerButton();
    }
    await this.off();
  }

  async powerOff(): Promise<void> {
    if (this.#boot !== undefined) {
      await kill(this.#folders.cgroup);
    }
    await this.off();
  }

  async setAddress(ipv4: string | undefined): Promise<void> {
    if (this.isRunning) {
      throw new Error(`machine ${this.#folders.id} is on: its address can only change while it is off`);
    }
    this.#ipv4 = ipv4;
    await this.#filter();
  }

  async setFirewall(rules: readonly FirewallRule[] | undefined): Promise<void> {
    this.#rules = rules;
    await this.#filter();
  }

  async removeDisk(): Promise<void> {
    await this.#platform.removeDisk(this.#folders);
  }

  /** Removes everything that is left of it besides its disk. */
  async forget(): Promise<void> {
    await nft(withoutFirewall(this.#folders.link));
    await this.#platform.removeDevices(this.#folders);
    await rm(this.#folders.folder, { recursive: true });
  }

  async #filter(): Promise<void> {
    const { link } = this.#folders;
    const address = this.#ipv4;
    await nft(
      address === undefined ? withoutFirewall(link) : firewallRuleset({ link, address, rules: this.#rules }),
    );
  }

  /** Runs once per boot, no matter how many callers wait for its end. */
  async #clearUp({ ended }: Boot): Promise<boolean> {
    try {
      return await ended;
    } finally {
      await this.#unplug();
      this.#boot = undefined;
    }
  }

  async #unplug(): Promise<void> {
    await this.#link?.unplug();
    this.#link = undefined;
  }
}

/** The firewalls are in the router. */
async function nft(ruleset: string): Promise<void> {
  await run(within(internet, ["nft", "-f", "-"]), { stdin: ruleset });
}
