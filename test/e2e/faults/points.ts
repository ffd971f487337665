import { Draws } from "../draws.ts";
import type { Ending, Point } from "../killed-run.ts";
import type { Flow } from "./flows.ts";

/** Where a run is ended, and how. */
export interface FaultPoint extends Point {
  /** Among the points of its flow, from 1 on. Two of them can be the same. */
  nth: number;
  ending: Ending;
}

/** Every third run is interrupted by Ctrl-C, and the others are killed. */
function endingOf(index: number): Ending {
  return index % 3 === 2 ? "SIGINT" : "SIGKILL";
}

/** The points of one flow, in turns among its requests and its lines. They follow from the seed and the flow's name alone. */
export function drawPoints(flow: Pick<Flow, "name" | "typical">, seed: number, count: number): FaultPoint[] {
  const draws = new Draws(
    seed + Buffer.from(flow.name).reduce((sum, letter) => (sum * 31 + letter) % 65_521, 7),
  );
  return Array.from({ length: count }, (_, index) => {
    const kind = index % 2 === 0 && flow.typical.requests > 0 ? "requests" : "lines";
    return { nth: index + 1, kind, number: draws.upTo(flow.typical[kind]), ending: endingOf(index) };
  });
}
