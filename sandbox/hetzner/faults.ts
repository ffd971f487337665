import type * as z from "zod";
import { Faults } from "../emulator/faults.ts";
import type { actionFault, fault } from "./control-protocol.ts";

export type FaultEffect = z.output<typeof fault>["effect"];
type ActionFault = z.output<typeof actionFault>;

/** The faults that a test has ordered, for requests and for actions. */
export class HetznerFaults extends Faults<FaultEffect> {
  #actions: ActionFault[] = [];

  addForAction(ordered: ActionFault): void {
    this.#actions.push({ ...ordered });
  }

  override clear(): void {
    super.clear();
    this.#actions = [];
  }

  /** @returns what happens to the action, if a test has ordered that. It counts as used then */
  takeForAction(command: string): ActionFault["effect"] | undefined {
    const hit = this.#actions.find((one) => one.command === command);
    if (!hit) {
      return undefined;
    }
    hit.times -= 1;
    if (hit.times === 0) {
      this.#actions = this.#actions.filter((one) => one !== hit);
    }
    return hit.effect;
  }
}
