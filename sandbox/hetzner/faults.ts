import type * as z from "zod";
import { Faults } from "../emulator/faults.ts";
import { type ActionFailure, actionFailure, type fault } from "./control-protocol.ts";

export type FaultEffect = z.output<typeof fault>["effect"];

/** The faults that a test has ordered, for requests and for actions. */
export class HetznerFaults extends Faults<FaultEffect> {
  #actions: z.output<typeof actionFailure>[] = [];

  addActionFailure(ordered: ActionFailure): void {
    this.#actions.push(actionFailure.parse(ordered));
  }

  override clear(): void {
    super.clear();
    this.#actions = [];
  }

  /** @returns how the action fails, if a test has ordered that. It counts as used then */
  takeForAction(command: string): { code: string; message: string } | undefined {
    const hit = this.#actions.find((one) => one.command === command);
    if (!hit) {
      return undefined;
    }
    hit.times -= 1;
    if (hit.times === 0) {
      this.#actions = this.#actions.filter((one) => one !== hit);
    }
    return { code: hit.code, message: hit.message };
  }
}
