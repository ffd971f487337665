import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { outputs } from "../support/fixtures.ts";
import { exportedState, resources } from "../support/stack-state.ts";
import { OperatorComputer } from "./operator-computer.ts";

const { stack, address, server } = resources;

let computer: OperatorComputer;

beforeEach(() => {
  computer = new OperatorComputer(outputs);
  computer.addPulumiVerb("whoami", "echo 'Backend URL: file:///home/me/state'");
  computer.setState(exportedState([stack, address, server]));
});

afterEach(() => {
  computer.remove();
});

/** The stack `prod`, whose settings file is in this project. */
function named(name: string): void {
  computer.addPulumiVerb(
    "stack",
    `if [ "$2" = --show-name ]; then echo ${name}; else cat "$FOLDER/state.json"; fi`,
  );
}

describe("a recovery kit", () => {
  test("has the settings, the state, the backend and the address, in parts", async () => {
    named("prod");
    const { code, stdout, stderr } = await computer.run("recovery-kit.ts", []);
    expect([code, stderr]).toEqual([0, expect.stringContaining("The kit is complete.")]);
    const part = (name: string) => stdout.split(`-----BEGIN ${name}-----\n`)[1]?.split("\n-----END")[0];
    expect(part("BACKEND")).toBe("Backend URL: file:///home/me/state");
    expect(part("ADDRESS")).toBe("203.0.113.10");
    expect(part("STATE")).toBe(exportedState([stack, address, server]));
    expect(part("SETTINGS")).toContain("The settings of the stack");
    expect(stdout).toContain("The passphrase isn't in it.");
  });

  test("names each part that can't be read", async () => {
    named("nowhere");
    computer.addPulumiVerb("whoami", "echo 'error: not logged in' >&2; exit 1");
    computer.setState(exportedState([]));
    const { code, stdout, stderr } = await computer.run("recovery-kit.ts", []);
    expect(code).toBe(1);
    expect(stderr).toContain("Missing: BACKEND, SETTINGS, STATE.");
    expect(stdout).toContain("IT IS NOT COMPLETE.");
    expect(stdout).toContain("SETTINGS: Pulumi.nowhere.yaml can't be read.");
    expect(stdout).not.toContain("-----BEGIN");
  });

  test("isn't printed on a terminal", async () => {
    named("prod");
    const { code, screen } = await computer.runInTerminal("recovery-kit.ts", []);
    expect([code, screen]).toEqual([2, expect.stringContaining("npm run recovery-kit > kit.txt")]);
    expect(screen).not.toContain("BEGIN");
  });
});
