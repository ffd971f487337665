import type * as z from "zod";
import { actionFailure, fault, type ActionFailure, type Fault } from "./control-protocol.ts";

export type FaultEffect = z.output<typeof fault>["effect"];

/** The troubles that a test has ordered. */
export class Faults {
  #requests: z.output<typeof fault>[] = [];
  #actions: z.output<typeof actionFailure>[] = [];

  /** The first one that was ordered strikes first. */
  add(ordered: Fault): void {
    this.#requests.push(fault.parse(ordered));
  }

  addActionFailure(ordered: ActionFailure): void {
    this.#actions.push(actionFailure.parse(ordered));
  }

  clear(): void {
    this.#requests = [];
    this.#actions = [];
  }

  /** @returns what is to happen to this request, if anything; it is used up by asking */
  takeFor(method: string, path: string): FaultEffect | undefined {
    const hit = this.#requests.find(
      (one) =>
        (one.method === undefined || one.method === method) &&
        (one.path === undefined || new RegExp(one.path).test(path)),
    );
    if (!hit) return undefined;
    hit.times -= 1;
    if (hit.times === 0) this.#requests = this.#requests.filter((one) => one !== hit);
    return hit.effect;
  }

  /** @returns how the action is to fail, if it is; it is used up by asking */
  takeForAction(command: string): { code: string; message: string } | undefined {
    const hit = this.#actions.find((one) => one.command === command);
    if (!hit) return undefined;
    hit.times -= 1;
    if (hit.times === 0) this.#actions = this.#actions.filter((one) => one !== hit);
    return { code: hit.code, message: hit.message };
  }
}
