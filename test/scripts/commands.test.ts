import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { commandNames, commandsDocs, commandsPage } from "../support/commands-docs.ts";
import { outputs } from "../support/fixtures.ts";
import { OperatorComputer } from "./operator-computer.ts";

/** The scripts that `pulumi up` runs. A person has no use for them. */
const pulumiSteps = [
  "adopt-host-key",
  "check-order",
  "deliver-confirmed",
  "ensure-on",
  "hold-for-restore",
  "keep-state",
  "make-ssh-key-pair",
  "reach-server",
  "verify-candidate",
  "report-live-orders",
  "verify-demo-key",
];

const computer = new OperatorComputer(outputs);

afterAll(() => {
  computer.remove();
});

test("each file in scripts/ is a command of `npm run`, or a step of `pulumi up`", () => {
  const files = readdirSync(join(import.meta.dirname, "../../scripts"))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => name.slice(0, -".ts".length));
  expect(files.sort()).toEqual([...commandNames(), ...pulumiSteps].sort());
});

test("docs/commands.md has the --help of every command (`node test/checks/commands-docs.ts` writes it)", () => {
  expect(readFileSync(commandsPage, "utf8")).toBe(commandsDocs());
});

test.each([
  ["pulumi", "Install the Pulumi CLI"],
  ["ssh", "Install OpenSSH's client"],
])("if %s is missing, one sentence says what to install", async (program, install) => {
  const without = new OperatorComputer(outputs);
  rmSync(join(without.folder, "bin", program));
  // Only the stand-ins are on the PATH.
  const environment = { PATH: join(without.folder, "bin") };
  const result = await without.run("history.ts", [], { environment });
  without.remove();
  expect(result).toEqual({
    code: 2,
    stdout: "",
    stderr: `${program} was not found. ${install}, and check that ${program} is on the PATH.\n`,
  });
});

describe.each(commandNames())("npm run %s", (name) => {
  test.each(["--help", "-h"])("explains itself with %s, in 80 columns, and calls nothing", async (option) => {
    const { code, stdout, stderr } = await computer.run(`${name}.ts`, [option]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(new RegExp(`^Usage: npm run ${name} -- \\[OPTION …\\]`));
    expect(stdout).toContain("  --stack NAME");
    expect(stdout).toMatch(/\nExit codes:\n {2}0 /);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(computer.calls).toEqual([]);
  });

  test("refuses an unknown option with a hint to --help, and calls nothing", async () => {
    const { code, stdout, stderr } = await computer.run(`${name}.ts`, ["--stak", "prod"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("'--stak'");
    expect(stderr).toContain(`For help, run: npm run ${name} -- --help\n`);
    expect(stderr).not.toContain("    at ");
    expect(computer.calls).toEqual([]);
  });

  test("refuses --stack without a name", async () => {
    const { code, stderr } = await computer.run(`${name}.ts`, ["--stack"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--stack");
    expect(computer.calls).toEqual([]);
  });
});
