import type { DataCentre, FirewallRule, MachineOrder, VolumeOrder } from "../../../hetzner/data-centre.ts";

/** A machine that only exists as a record. */
export interface FakeMachine {
  order: MachineOrder;
  isRunning: boolean;
  /** The SSH keys of a rescue system that boots next. */
  rescue?: readonly string[] | undefined;
  rules: FirewallRule[] | undefined;
}

/** A volume that only exists as a record. */
export interface FakeVolume {
  order: VolumeOrder;
  machineId: number | undefined;
}

/** A data centre without machines. Every step succeeds at once and is recorded. */
export class FakeDataCentre implements DataCentre {
  readonly machines = new Map<number, FakeMachine>();
  /** The machine that each snapshot was made of. */
  readonly images = new Map<number, number>();
  readonly volumes = new Map<number, FakeVolume>();
  /** What was done, in order: "create 1000001". */
  readonly steps: string[] = [];
  /** The next step of this name rejects. */
  failing: string | undefined;

  create(order: MachineOrder): Promise<void> {
    return this.#step("create", order.id, () => {
      this.machines.set(order.id, { order, isRunning: true, rules: undefined });
    });
  }

  powerOn(id: number): Promise<void> {
    return this.#step("powerOn", id, () => {
      const machine = this.machine(id);
      machine.rescue = machine.isRunning ? machine.rescue : undefined;
      machine.isRunning = true;
    });
  }

  shutdown(id: number): Promise<void> {
    return this.#step("shutdown", id, () => (this.machine(id).isRunning = false));
  }

  powerOff(id: number): Promise<void> {
    return this.#step("powerOff", id, () => (this.machine(id).isRunning = false));
  }

  rebuild(id: number, image: MachineOrder["image"], userData: string | undefined): Promise<void> {
    return this.#step("rebuild", id, () => {
      const machine = this.machine(id);
      machine.order = { ...machine.order, image, userData: userData ?? machine.order.userData };
      machine.isRunning = true;
    });
  }

  setAddress(id: number, ipv4: string | undefined): Promise<void> {
    return this.#step("setAddress", id, () => {
      const machine = this.machine(id);
      if (machine.isRunning) {
        throw new Error("the machine is on");
      }
      machine.order = { ...machine.order, ipv4 };
    });
  }

  setFirewall(id: number, rules: FirewallRule[] | undefined): Promise<void> {
    return this.#step("setFirewall", id, () => (this.machine(id).rules = rules));
  }

  delete(id: number): Promise<void> {
    return this.#step("delete", id, () => {
      this.machine(id);
      for (const volume of this.volumes.values()) {
        volume.machineId = volume.machineId === id ? undefined : volume.machineId;
      }
      this.machines.delete(id);
    });
  }

  isRunning(id: number): Promise<boolean> {
    return Promise.resolve(this.machine(id).isRunning);
  }

  createImage(id: number, machineId: number): Promise<void> {
    return this.#step("createImage", id, () => this.images.set(id, machineId));
  }

  deleteImage(id: number): Promise<void> {
    return this.#step("deleteImage", id, () => this.images.delete(id));
  }

  enableRescue(id: number, sshKeys: readonly string[]): Promise<void> {
    return this.#step("enableRescue", id, () => (this.machine(id).rescue = sshKeys));
  }

  disableRescue(id: number): Promise<void> {
    return this.#step("disableRescue", id, () => (this.machine(id).rescue = undefined));
  }

  isRescueNext(id: number): Promise<boolean> {
    return Promise.resolve(this.machine(id).rescue !== undefined);
  }

  createVolume(order: VolumeOrder): Promise<void> {
    return this.#step("createVolume", order.id, () => {
      this.volumes.set(order.id, { order, machineId: undefined });
    });
  }

  attachVolume(id: number, machineId: number): Promise<void> {
    return this.#step("attachVolume", id, () => {
      this.machine(machineId);
      this.volume(id).machineId = machineId;
    });
  }

  detachVolume(id: number): Promise<void> {
    return this.#step("detachVolume", id, () => (this.volume(id).machineId = undefined));
  }

  resizeVolume(id: number, gigabytes: number): Promise<void> {
    return this.#step("resizeVolume", id, () => (this.volume(id).order.gigabytes = gigabytes));
  }

  deleteVolume(id: number): Promise<void> {
    return this.#step("deleteVolume", id, () => this.volumes.delete(id));
  }

  volume(id: number): FakeVolume {
    const volume = this.volumes.get(id);
    if (!volume) {
      throw new Error(`there is no volume ${id}`);
    }
    return volume;
  }

  machine(id: number): FakeMachine {
    const machine = this.machines.get(id);
    if (!machine) {
      throw new Error(`there is no machine ${id}`);
    }
    return machine;
  }

  #step(name: string, id: number, effect: () => unknown): Promise<void> {
    this.steps.push(`${name} ${id}`);
    if (this.failing === name) {
      this.failing = undefined;
      return Promise.reject(new Error(`the machine would not ${name}`));
    }
    return Promise.resolve().then(() => {
      effect();
    });
  }
}
