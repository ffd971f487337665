import { type FlowName, flowNames } from "./names.ts";

/** Which points are drawn. */
export interface Wanted {
  seed: number;
  /** How many of each flow. */
  points: Record<FlowName, number>;
}

/** Unless something else is wanted: twelve points. */
const everyTime: Wanted = {
  seed: 20_261_128,
  points: {
    "first-up": 2,
    rotation: 2,
    settings: 2,
    "type-change": 1,
    replace: 1,
    rebuild: 2,
    recover: 1,
    restore: 1,
    // e2e/failover kills two of its runs.
    failover: 0,
  },
};

/** As npm run test:faults passes it on. */
export function readWanted({ FAULTS_SEED, FAULTS_FLOWS, FAULTS_POINTS }: NodeJS.ProcessEnv): Wanted {
  const seed = FAULTS_SEED === undefined ? everyTime.seed : Number(FAULTS_SEED);
  const chosen = FAULTS_FLOWS?.split(",");
  const count = FAULTS_POINTS === undefined ? undefined : Number(FAULTS_POINTS);
  const counts = flowNames.map((name) => {
    const isChosen = chosen?.includes(name) ?? true;
    return [name, isChosen ? (count ?? everyTime.points[name]) : 0] as const;
  });
  return { seed, points: { ...everyTime.points, ...Object.fromEntries(counts) } };
}
