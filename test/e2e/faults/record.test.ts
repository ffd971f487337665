import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { drawPoints } from "./points.ts";
import { FaultRecord } from "./record.ts";
import type { FaultResult } from "./table.ts";

const seed = 7;
const replace = { name: "replace", typical: { requests: 50, lines: 200 }, moments: [] } as const;
const [first, second] = drawPoints(replace, seed, 2);

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fault-record-"));
  file = join(folder, "reports/faults.json");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function result(point: typeof first, isWhole: boolean): FaultResult {
  if (point === undefined) {
    throw new Error("no point was drawn");
  }
  return { flow: "replace", ...point, done: "GET /v1/servers", ran: ["npm run replace"], isWhole };
}

function hasEndedWell(point: typeof first, ofSeed = seed): boolean {
  return point !== undefined && new FaultRecord(file, ofSeed).hasEndedWell("replace", point);
}

test("a run that goes on leaves out what has ended well, and tries again what has not", () => {
  const record = new FaultRecord(file, seed);
  record.add(result(second, true));
  record.add(result(first, false));
  expect([hasEndedWell(first), hasEndedWell(second)]).toEqual([false, true]);
  new FaultRecord(file, seed).add(result(first, true));
  expect(hasEndedWell(first)).toBe(true);
  // As in the table: in the order of the points, each once.
  expect(new FaultRecord(file, seed).results.map(({ nth }) => nth)).toEqual([1, 2]);
});

test("points of another seed, or drawn in another range, are others", () => {
  new FaultRecord(file, seed).add(result(first, true));
  expect(hasEndedWell(first, 8)).toBe(false);
  expect(hasEndedWell(first && { ...first, number: first.number + 1 })).toBe(false);
});

test("the points of a flow follow from the seed, also if more of them are drawn", () => {
  expect(drawPoints(replace, seed, 6).slice(0, 2)).toEqual([first, second]);
  expect(drawPoints(replace, 8, 2)).not.toEqual([first, second]);
});

test("requests, lines and moments take turns, and each kind is killed as well as interrupted", () => {
  const flow = { name: "type-change", typical: { requests: 24, lines: 8 }, moments: [] } as const;
  const moments = [{ name: "the type is being changed", request: /change_type$/ }];
  for (const one of [flow, { ...flow, moments }, { ...flow, typical: { requests: 0, lines: 8 } }]) {
    const points = drawPoints(one, seed, 12);
    const kinds = [...new Set(points.map(({ kind }) => kind))];
    const both = kinds.flatMap((kind) => [`${kind} SIGINT`, `${kind} SIGKILL`]);
    const drawn = new Set(points.map(({ kind, ending }) => `${kind} ${ending}`));
    expect([...drawn].toSorted()).toEqual(both.toSorted());
    expect(kinds.includes("moments")).toBe(one.moments.length > 0);
  }
});
