import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { foldersOfThisRun } from "../../../sandbox/run-folders.ts";
import { onlyServer } from "../hetzner.ts";
import type { Progress } from "../killed-run.ts";
import type { StackCommand } from "../stack.ts";
import type { FlowName } from "./names.ts";
import type { Whole, WholeStack } from "./whole-stack.ts";

/** What is killed: a command that changes a stack, and how it goes on. */
export interface Flow {
  /** On the command line and in the tables. */
  name: FlowName;
  /** Gives the run something to do. @returns what must still be there after it, if anything was there before */
  prepare: (whole: WholeStack) => Promise<Whole | undefined>;
  command: StackCommand;
  /** The same command again, and what the documentation says to run after it. */
  next: StackCommand[];
  /**
   * How much a run without a fault does before it prints its outputs, or less. Points are drawn among that. No requests: it
   * sends none.
   */
  typical: Record<keyof Progress, number>;
  /** Whether the server is the same one afterwards. */
  keepsServer: boolean;
}

const temporary = join(foldersOfThisRun().dir, "tmp");
const passphrase = join(temporary, "faults.passphrase");
const backup = join(temporary, "faults.backup");
const restore: StackCommand = ["restore", "--yes", "--passphrase-file", passphrase, backup];
const recover: StackCommand = ["recover", "--yes", "--rebuild-server"];
const up: StackCommand = ["pulumi", "up", "--yes", "--skip-preview"];

/** A stack that is complete, and is changed by what follows. */
async function complete(whole: WholeStack, change: () => Promise<void>): Promise<Whole> {
  await whole.complete();
  const before = await whole.now();
  await change();
  return before;
}

/** In the order in which a stack goes through them. A new way to change a stack gets a row here. */
export const flows: readonly Flow[] = [
  {
    name: "first-up",
    prepare: async (whole) => {
      await whole.becomeNew();
      return undefined;
    },
    command: up,
    next: [up],
    typical: { requests: 32, lines: 90 },
    keepsServer: false,
  },
  {
    name: "rotation",
    prepare: (whole) => complete(whole, () => whole.takeNextKey()),
    command: up,
    next: [up],
    typical: { requests: 0, lines: 5 },
    keepsServer: true,
  },
  {
    name: "settings",
    prepare: (whole) =>
      complete(whole, async () => {
        const number = whole.next();
        await whole.stack.set("adminCidrs", `198.51.100.10/32,203.0.113.${number}/32`);
        await whole.stack.setPath("bot.environment.ROUND", String(number));
      }),
    command: up,
    next: [up],
    typical: { requests: 4, lines: 6 },
    keepsServer: true,
  },
  {
    name: "type-change",
    prepare: (whole) =>
      complete(whole, async () => {
        const { serverType } = await onlyServer();
        await whole.stack.set("serverType", serverType === "cx33" ? "cx23" : "cx33");
      }),
    command: up,
    next: [up],
    typical: { requests: 24, lines: 8 },
    keepsServer: true,
  },
  {
    name: "replace",
    prepare: (whole) => complete(whole, () => Promise.resolve()),
    command: ["replace", "--yes"],
    next: [["replace", "--yes"]],
    typical: { requests: 50, lines: 200 },
    keepsServer: false,
  },
  {
    name: "rebuild",
    prepare: (whole) => complete(whole, () => Promise.resolve()),
    command: ["rebuild", "--yes"],
    next: [["rebuild", "--yes"]],
    typical: { requests: 11, lines: 190 },
    keepsServer: true,
  },
  {
    name: "recover",
    // The state is lost, and with it the deploy key. The owner has their own login key.
    prepare: (whole) =>
      complete(whole, async () => {
        const imported = await whole.stack.pulumi(
          ["stack", "import", "--stack", whole.stack.name],
          '{"version":3,"deployment":{}}',
        );
        expect(imported).toMatchObject({ code: 0 });
      }),
    command: recover,
    next: [recover, ["rebuild", "--yes"]],
    typical: { requests: 60, lines: 14 },
    keepsServer: true,
  },
  {
    name: "restore",
    prepare: async (whole) => {
      await whole.complete();
      await writeFile(passphrase, "correct horse battery\n", { mode: 0o600 });
      await rm(backup, { force: true });
      const before = await whole.now();
      const run = await whole.stack.script("backup", [backup, "--passphrase-file", passphrase]);
      expect(run).toEqual({ code: 0, stdout: expect.any(String), stderr: expect.any(String) });
      return before;
    },
    command: restore,
    next: [restore],
    typical: { requests: 0, lines: 6 },
    keepsServer: true,
  },
];
