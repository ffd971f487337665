import type { DataCentre, FirewallRule, MachineOrder } from "../../../hetzner/data-centre.ts";

/** A machine that only exists as a record. */
export interface FakeMachine {
  order: MachineOrder;
  isRunning: boolean;
  rules: FirewallRule[] | undefined;
}

/** A data centre without machines. Every step succeeds at once and is recorded. */
export class FakeDataCentre implements DataCentre {
  readonly machines = new Map<number, FakeMachine>();
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
    return this.#step("powerOn", id, () => (this.machine(id).isRunning = true));
  }

  shutdown(id: number): Promise<void> {
    return this.#step("shutdown", id, () => (this.machine(id).isRunning = false));
  }

  powerOff(id: number): Promise<void> {
    return this.#step("powerOff", id, () => (this.machine(id).isRunning = false));
  }

  rebuild(id: number, image: string, userData: string | undefined): Promise<void> {
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
      this.machines.delete(id);
    });
  }

  isRunning(id: number): Promise<boolean> {
    return Promise.resolve(this.machine(id).isRunning);
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
