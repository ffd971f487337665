import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { type FlowName, flowNames } from "./names.ts";
import type { FaultPoint } from "./points.ts";
import { type FaultResult, faultResult } from "./table.ts";

const content = z.object({ seed: z.int(), results: z.array(faultResult) });

/** What became of the points of a seed, in a file. It is written after each point, so a run that is ended can be continued. */
export class FaultRecord {
  readonly #file: string | undefined;
  readonly #seed: number;
  #results: FaultResult[] = [];

  /** Without a file, it is only remembered. What a file has of another seed is left behind. */
  constructor(file: string | undefined, seed: number) {
    this.#file = file;
    this.#seed = seed;
    if (file !== undefined && existsSync(file)) {
      const found = content.parse(JSON.parse(readFileSync(file, "utf8")));
      this.#results = found.seed === seed ? found.results : [];
    }
  }

  get results(): readonly FaultResult[] {
    return this.#results;
  }

  hasEndedWell(flow: FlowName, { nth, kind, number }: Pick<FaultPoint, "nth" | "kind" | "number">): boolean {
    return this.#results.some(
      (one) =>
        one.flow === flow && one.nth === nth && one.kind === kind && one.number === number && one.isWhole,
    );
  }

  /** Takes the place of what was known of the same point. */
  add(result: FaultResult): void {
    const others = this.#results.filter(({ flow, nth }) => flow !== result.flow || nth !== result.nth);
    this.#results = [...others, result].toSorted(
      (one, other) => flowNames.indexOf(one.flow) - flowNames.indexOf(other.flow) || one.nth - other.nth,
    );
    if (this.#file !== undefined) {
      mkdirSync(dirname(this.#file), { recursive: true });
      writeFileSync(this.#file, `${JSON.stringify({ seed: this.#seed, results: this.#results }, null, 2)}\n`);
    }
  }
}
