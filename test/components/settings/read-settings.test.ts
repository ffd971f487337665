import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "../../../components/settings/read-settings.ts";
import { mockEngine } from "../mocks.ts";
import { project, token } from "./support.ts";

const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);

/** Gives the program this configuration, as the language host does. */
function configure(values: Record<string, string>, secrets: string[] | undefined): void {
  const fullName = (name: string) => (name.includes(":") ? name : `${project}:${name}`);
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(values).map(([name, value]) => [fullName(name), value])),
  );
  delete process.env.PULUMI_CONFIG_SECRET_KEYS;
  if (secrets !== undefined) {
    process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(secrets);
  }
}

const sound = { "hcloud:token": token, adminCidrs: "203.0.113.7/32" };

beforeEach(async () => {
  await mockEngine();
  warn.mockClear();
  delete process.env.SSH_AUTH_SOCK;
});

test("sound settings are read from Pulumi's configuration", async () => {
  configure(sound, ["hcloud:token"]);
  expect(await readSettings()).toMatchObject({ adminCidrs: ["203.0.113.7/32"], verification: "enforce" });
  expect(warn).not.toHaveBeenCalled();
});

test("a warning is logged, and doesn't end the update", async () => {
  configure({ ...sound, location: "sin", serverType: "cpx12" }, ["hcloud:token"]);
  expect(await readSettings()).toMatchObject({ location: "sin" });
  expect(warn.mock.calls).toEqual([
    [expect.stringContaining("location is sin (Singapore), where Binance refuses many customers.\n")],
  ]);
});

describe("errors end the update, all together and without a stack trace", () => {
  function error(): Promise<unknown> {
    return readSettings().catch((thrown: unknown) => thrown);
  }

  test("in the settings", async () => {
    configure({ location: "sin" }, undefined);
    const thrown = await error();
    expect(thrown).toBeInstanceOf(pulumi.RunError);
    expect(String(thrown)).toContain('The settings of stack "prod" have 2 problems.');
    expect(String(thrown)).not.toContain("refuses many customers");
  });

  test("in plaintext", async () => {
    configure(sound, undefined);
    expect(String(await error())).toContain("hcloud:token is stored in plaintext");
  });

  test("in an encrypted part of bot, if the stack's file doesn't say which one it is", async () => {
    configure({ ...sound, bot: '{"secrets":{"TOKEN":"the-token"}}' }, ["hcloud:token", `${project}:bot`]);
    expect(String(await error())).toContain(
      "bot has an encrypted part, but the stack's file could not be read",
    );
    expect(String(await error())).not.toContain("the-token");
  });

  test("in the environment", async () => {
    configure(sound, ["hcloud:token"]);
    process.env.SSH_AUTH_SOCK = "/nowhere/agent.1";
    expect(await error()).toBeInstanceOf(pulumi.RunError);
    expect(String(await error())).toContain("SSH_AUTH_SOCK is set in your environment");
  });
});
