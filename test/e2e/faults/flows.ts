import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { foldersOfThisRun } from "../../../sandbox/run-folders.ts";
import type { Progress } from "../killed-run.ts";
import type { MomentOnServer } from "../moments.ts";
import type { StackCommand } from "../stack.ts";
import type { FlowName } from "./names.ts";
import { forgetHostKey, type Whole, type WholeStack } from "./whole-stack.ts";

/** A request to Hetzner's API that changes something. */
interface RequestMoment {
  name: string;
  /** How its path ends. */
  request: RegExp;
}

export type Moment = RequestMoment | MomentOnServer;

/** A stack that a flow has given something to do. */
interface Prepared {
  /** What must still be there afterwards; undefined if nothing was there before. */
  before: Whole | undefined;
  /** What is killed. */
  command: StackCommand;
}

/** What is killed: a command that changes a stack, and how it goes on. */
export interface Flow {
  /** On the command line and in the tables. */
  name: FlowName;
  prepare: (whole: WholeStack) => Promise<Prepared>;
  /** What the documentation says to run when the same command has succeeded. */
  afterwards: StackCommand[];
  /**
   * How much a run without a fault does before it prints its outputs, or less. Points are drawn among that. No requests: it
   * sends none.
   */
  typical: Record<keyof Progress, number>;
  /** Points in the middle of what it changes, which is over too soon to be hit by a number. */
  moments: readonly Moment[];
  /** Whether the server is the same one afterwards. */
  keepsServer: boolean;
}

const temporary = join(foldersOfThisRun().dir, "tmp");
const passphrase = join(temporary, "faults.passphrase");
const backup = join(temporary, "faults.backup");
const up: StackCommand = ["pulumi", "up", "--yes", "--skip-preview"];
const marks = "/var/lib/trading-bot-server";

/** A stack that is complete, and is changed by what follows. */
async function complete(
  whole: WholeStack,
  command: StackCommand,
  change: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Prepared> {
  await whole.complete();
  const before = await whole.now();
  await change();
  return { before, command };
}

/** In the order in which a stack goes through them. A new way to change a stack gets a row here. */
export const flows: readonly Flow[] = [
  {
    name: "first-up",
    prepare: async (whole) => {
      await whole.becomeNew();
      return { before: undefined, command: up };
    },
    afterwards: [],
    typical: { requests: 32, lines: 90 },
    moments: [],
    keepsServer: false,
  },
  {
    name: "rotation",
    prepare: (whole) => complete(whole, up, () => whole.takeNextKey()),
    afterwards: [],
    typical: { requests: 0, lines: 5 },
    moments: [
      {
        name: "the server is making the new pair the live one",
        condition: `test -e ${marks}/activating`,
        tool: "sbin/binance-credential install",
      },
      {
        name: "the new pair is live, and the previous one is still kept for a return",
        condition: "test -e /etc/credstore.encrypted/binance.replaced",
        tool: "sbin/binance-credential install",
      },
    ],
    keepsServer: true,
  },
  {
    name: "settings",
    prepare: (whole) =>
      complete(whole, up, async () => {
        const number = whole.next();
        await whole.stack.set("adminCidrs", `198.51.100.10/32,203.0.113.${number}/32`);
        await whole.stack.setPath("bot.environment.ROUND", String(number));
      }),
    afterwards: [],
    typical: { requests: 4, lines: 6 },
    moments: [
      {
        name: "the server is changing its files",
        condition: `test -e ${marks}/undo/record.json`,
        tool: "sbin/server-files install",
      },
    ],
    keepsServer: true,
  },
  {
    name: "type-change",
    prepare: (whole) =>
      complete(whole, up, async () => {
        const { serverType } = await whole.server();
        await whole.stack.set("serverType", serverType === "cx33" ? "cx23" : "cx33");
      }),
    afterwards: [],
    typical: { requests: 24, lines: 8 },
    moments: [
      { name: "the server is being switched off", request: /\/actions\/(shutdown|poweroff)$/ },
      { name: "the type is being changed", request: /\/actions\/change_type$/ },
      { name: "the server is being switched on", request: /\/actions\/poweron$/ },
    ],
    keepsServer: true,
  },
  {
    name: "replace",
    prepare: (whole) => complete(whole, ["replace", "--yes"]),
    afterwards: [],
    typical: { requests: 50, lines: 200 },
    moments: [],
    keepsServer: false,
  },
  {
    name: "rebuild",
    prepare: (whole) => complete(whole, ["rebuild", "--yes"]),
    afterwards: [],
    typical: { requests: 11, lines: 190 },
    moments: [{ name: "the rebuild is under way", request: /\/actions\/rebuild$/ }],
    keepsServer: true,
  },
  {
    name: "recover",
    // The state is lost, and with it the deploy key. The owner has their own login key.
    prepare: (whole) =>
      complete(whole, ["recover", "--yes", "--rebuild-server"], async () => {
        await forgetHostKey(await whole.stack.output("ipToWhitelist"));
        const imported = await whole.stack.pulumi(
          ["stack", "import", "--stack", whole.stack.name],
          '{"version":3,"deployment":{}}',
        );
        expect(imported).toMatchObject({ code: 0 });
      }),
    afterwards: [["rebuild", "--yes"]],
    typical: { requests: 38, lines: 20 },
    moments: [],
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
      return { before, command: ["restore", "--yes", "--passphrase-file", passphrase, backup] };
    },
    afterwards: [],
    typical: { requests: 0, lines: 6 },
    moments: [
      ["the backup is arriving on the server", `test -e ${marks}/restoring`] as const,
      ["the bot is held", `test -e ${marks}/moving`] as const,
      ["the state is being replaced", `test -e ${marks}/swapping`] as const,
      ["the state is being copied to the volume", `test -e ${marks}/volume/.arriving`] as const,
    ].map(([name, condition]) => ({ name, condition, tool: "sbin/bot-backup restore" })),
    keepsServer: true,
  },
  {
    name: "failover",
    // From one address to the other, and back.
    prepare: async (whole) => {
      await whole.complete();
      await whole.reserveStandby();
      const back = (await whole.isAtStandby()) ? ["--back"] : [];
      return { before: await whole.now(), command: ["failover", ...back, "--yes"] };
    },
    afterwards: [],
    typical: { requests: 40, lines: 180 },
    moments: [
      { name: "the server is being switched off", request: /\/actions\/(shutdown|poweroff)$/ },
      {
        name: "the firewall that lets nothing through is being applied",
        request: /\/actions\/apply_to_resources$/,
      },
    ],
    keepsServer: false,
  },
];
