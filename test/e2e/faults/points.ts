import { Draws } from "../draws.ts";
import type { Ending } from "../killed-run.ts";
import type { Flow } from "./flows.ts";

export const pointKinds = ["requests", "lines", "moments"] as const;

/** Where a run is ended, and how. */
export interface FaultPoint {
  /** Among the points of its flow, from 1 on. Two of them can be the same. */
  nth: number;
  /** The Nth request to Hetzner's API, the Nth line that it prints, or one of the flow's own moments. */
  kind: (typeof pointKinds)[number];
  number: number;
  ending: Ending;
}

/** The points of one flow, in turns among its requests, lines and moments. They follow from the seed and the flow's name alone. */
export function drawPoints(
  flow: Pick<Flow, "name" | "typical" | "moments">,
  seed: number,
  count: number,
): FaultPoint[] {
  const draws = new Draws(
    seed + Buffer.from(flow.name).reduce((sum, letter) => (sum * 31 + letter) % 65_521, 7),
  );
  const most = { ...flow.typical, moments: flow.moments.length };
  const kinds = pointKinds.filter((kind) => most[kind] > 0);
  // Every third or fourth run is interrupted by Ctrl-C, and the others are killed. So each kind of point gets both.
  const every = kinds.length === 3 ? 4 : 3;
  return Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % kinds.length] ?? "lines";
    const ending = index % every === 2 ? "SIGINT" : "SIGKILL";
    return { nth: index + 1, kind, number: draws.upTo(most[kind]), ending };
  });
}
