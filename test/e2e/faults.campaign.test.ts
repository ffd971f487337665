import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Flow, flows, type Moment } from "./faults/flows.ts";
import { goOn } from "./faults/going-on.ts";
import { drawPoints, type FaultPoint } from "./faults/points.ts";
import { FaultRecord } from "./faults/record.ts";
import { type FaultResult, tableOf } from "./faults/table.ts";
import { readWanted } from "./faults/wanted.ts";
import { WholeStack } from "./faults/whole-stack.ts";
import { type EndedRun, type Progress, runUntil } from "./killed-run.ts";
import { MomentWatch } from "./moments.ts";
import { Server } from "./server.ts";
import type { StackCommand } from "./stack.ts";

// Runs that are killed or interrupted at drawn points, on one stack. Afterwards, only what the messages say is done, and the
// stack must be whole: one server, one address, one firewall, the right key live, and a running bot that has lost nothing.
// npm run test:faults draws other points, and more.

/** A run that hangs ends its test. Many machines at the same time make everything slow. */
const limit = 20 * 60_000;
const wanted = readWanted(process.env);
const record = new FaultRecord(process.env.FAULTS_RESULTS, wanted.seed);
const chosen = flows.flatMap((flow) => {
  const points = drawPoints(flow, wanted.seed, wanted.points[flow.name]).filter(
    (point) => !record.hasEndedWell(flow.name, point),
  );
  return points.length === 0 ? [] : [{ ...flow, points }];
});
let whole: WholeStack;

beforeAll(async () => {
  whole = await WholeStack.ready("faults");
}, limit);

afterAll(async () => {
  process.stdout.write(`\nseed ${wanted.seed}\n${tableOf(record.results)}\n`);
  await whole.remove();
}, limit);

if (chosen.length === 0) {
  test("all points have ended well in earlier runs", () => {
    expect(record.results).not.toContainEqual(expect.objectContaining({ isWhole: false }));
  });
} else {
  describe.each(chosen)("$name, with seed", testPoints);
}

function testPoints(flow: Flow & { points: FaultPoint[] }): void {
  test.each(flow.points.map((point) => [`${point.ending} at ${point.kind} ${point.number}`, point] as const))(
    "%s: everything is there once, and the bot goes on",
    async (_, point) => {
      const result: FaultResult = { flow: flow.name, ...point, done: "", ran: [], isWhole: false };
      try {
        await endAndGoOn(flow, point, result);
        result.isWhole = true;
      } finally {
        record.add(result);
      }
    },
    limit,
  );
}

async function endAndGoOn(flow: Flow, point: FaultPoint, result: FaultResult): Promise<void> {
  const { before, command } = await flow.prepare(whole);
  whole.abandon();
  result.done = await endAt(point, flow.moments[point.number - 1], command);
  // Jest prints nothing before the end.
  process.stderr.write(`${flow.name} ${point.nth}: ${point.ending} after ${result.done}\n`);
  for (const next of [command, ...flow.afterwards]) {
    result.ran.push(...(await goOn(whole.stack, next)));
  }
  await whole.completeIfNew(before === undefined);
  await whole.expectWhole(before, flow);
  expect(await whole.stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
  whole.isWhole();
  process.stderr.write(`${flow.name} ${point.nth}: whole after ${result.ran.join(", ")}\n`);
}

/** Runs the command and ends it. @returns the last thing that it had done */
async function endAt(
  { kind, number, ending }: FaultPoint,
  moment: Moment | undefined,
  command: StackCommand,
): Promise<string> {
  if (kind !== "moments") {
    const isThere = (progress: Progress) => progress[kind].length >= number;
    const run = await runUntil(whole.stack, command, isThere, ending);
    return run.code === 0 ? everything(run) : (run[kind].at(-1) ?? "nothing");
  }
  if (moment === undefined) {
    throw new Error(`there is no moment ${number}`);
  }
  if ("request" in moment) {
    const isThere = ({ requests }: Progress) =>
      requests.some((request) => request.startsWith("POST") && moment.request.test(request));
    const run = await runUntil(whole.stack, command, isThere, ending);
    return run.code === 0 ? everything(run) : moment.name;
  }
  // What loses its power together with the operator's computer: the tool on the server. Ctrl-C doesn't reach it.
  const watch = new MomentWatch(new Server((await whole.server()).id), moment, ending === "SIGKILL");
  const run = await runUntil(whole.stack, command, () => watch.hasCome, ending);
  return (await watch.end()) ? moment.name : everything(run);
}

function everything({ requests, lines }: EndedRun): string {
  return `everything (${requests.length} requests, ${lines.length} lines)`;
}
