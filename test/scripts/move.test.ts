import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { exportedState, resources } from "../support/stack-state.ts";
import { OperatorComputer, type RunOptions } from "./operator-computer.ts";

const withoutKey = { ...resources.stack, outputs: { liveKeyPair: "none" } };
const { address, server } = resources;

/** `npm run move` for a stack that has made these. The plan and the end-to-end tests have more. */
async function move(made: object[], args: string[], options: RunOptions = {}) {
  const computer = new OperatorComputer({});
  writeFileSync(join(computer.folder, "state.json"), exportedState(made));
  const result = await computer.run("move.ts", args, options);
  const changes = computer.calls
    .map((call) => call.replace(/ --non-interactive.*/, ""))
    .filter((call) => !/^pulumi (config --json|stack export)/.test(call));
  computer.remove();
  return { ...result, changes };
}

test.each([[[]], [["nbg1", "hel1"]]])(
  "the arguments %j are refused: one location is needed",
  async (args) => {
    const { code, stderr, changes } = await move([], args);
    expect([code, changes]).toEqual([2, []]);
    expect(stderr).toContain("Name exactly one location");
  },
);

test("a stack without an address gets the setting, and `pulumi up` asks by itself", async () => {
  const { code, changes } = await move([], ["nbg1"]);
  expect([code, changes]).toEqual([0, ["pulumi config set location nbg1", "pulumi up"]]);
});

test("--yes and --stack are passed on", async () => {
  const { changes } = await move([], ["nbg1", "--yes", "--stack", "other"]);
  expect(changes.at(-1)).toBe("pulumi up --yes --stack other");
});

test("a passphrase that fails in the `pulumi up` that is shown is followed by what to do", async () => {
  const computer = new OperatorComputer({});
  computer.setState(exportedState([]));
  computer.addPulumiVerb(
    "up",
    "echo 'error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE' >&2; exit 255",
  );
  const { code, stderr } = await computer.run("move.ts", ["nbg1"]);
  computer.remove();
  expect(code).not.toBe(0);
  expect(stderr).toContain(
    "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE\nTo enter the passphrase of this stack: read -rs PULUMI_CONFIG_PASSPHRASE",
  );
});

test("after Ctrl-C in `pulumi up`, it says how to go on, also if the CLI ends with 0", async () => {
  const computer = new OperatorComputer({});
  computer.setState(exportedState([]));
  computer.addPulumiVerb("up", `echo waiting >&2; while ! [ -e "$FOLDER/go" ]; do sleep 0.01; done`);
  const child = computer.start("move.ts", ["nbg1"]);
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    if (chunk.includes("waiting")) {
      child.kill("SIGINT");
      writeFileSync(join(computer.folder, "go"), "");
    }
  });
  expect(await new Promise((resolve) => child.once("close", resolve))).toBe(130);
  expect(stderr).toContain("Interrupted. To continue: npm run move -- nbg1\n");
  computer.remove();
});

test("a stack that is there already stays as it is", async () => {
  const { code, stdout, changes } = await move([withoutKey, address, server], ["fsn1"]);
  expect([code, stdout, changes]).toEqual([0, "The address 203.0.113.10 is in fsn1 already.\n", []]);
});

test("a stack with a key stays as it is", async () => {
  const settings = { "binance:apiKey": "canary" };
  const { code, stderr, changes } = await move([withoutKey, address], ["nbg1", "--yes"], { settings });
  expect([code, changes]).toEqual([2, []]);
  expect(stderr).toContain("binance:apiKey is set");
  expect(stderr).not.toContain("canary");
});

test("without a token for Hetzner, nothing is deleted", async () => {
  const { code, stderr, changes } = await move([withoutKey, address], ["nbg1", "--yes"]);
  expect([code, changes]).toEqual([2, []]);
  expect(stderr).toContain("pulumi config set --secret hcloud:token");
});
