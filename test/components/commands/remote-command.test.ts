import { beforeAll, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { remoteCommand } from "../../../components/commands/remote-command.ts";
import type { ServerIdentity } from "../../../components/commands/server-identity.ts";
import { mockEngine, recordOptions, resource, valueOf } from "../mocks.ts";

beforeAll(async () => {
  await mockEngine();
  const server: ServerIdentity = {
    host: pulumi.output("203.0.113.10"),
    user: "admin",
    deployKey: pulumi.secret("private"),
    hostKey: pulumi.output("ssh-ed25519 AAAAhost"),
    generation: pulumi.output("7"),
    explainUnreachable: new pulumi.ErrorHook("explain", () => false),
  };
  const parent = new pulumi.ComponentResource("test:index:Parent", "parent", {}, recordOptions);
  const declare = (name: string, args: object) =>
    valueOf(remoteCommand(name, { server, run: "true", ...args }, { parent }).id);
  await declare("plain", {});
  await declare("with-limit", { dialErrorLimit: 120 });
  await declare("with-input", { stdin: pulumi.secret("canary") });
});

test("runs again only for another generation of the server, has no delete, and logs nothing", () => {
  expect(resource("plain").inputs).toEqual({
    connection: {
      host: "203.0.113.10",
      user: "admin",
      privateKey: "private",
      hostKey: "ssh-ed25519 AAAAhost",
      // The command provider's own defaults.
      port: 22,
      dialErrorLimit: 10,
      perDialTimeout: 5,
    },
    create: "true",
    triggers: ["7"],
    logging: "none",
    addPreviousOutputInEnv: false,
  });
});

test("its output is secret", () => {
  expect(resource("plain").options.additionalSecretOutputs).toEqual(
    expect.arrayContaining(["stdout", "stderr"]),
  );
});

test("a secret on standard input stays one", () => {
  expect(resource("with-input")).toMatchObject({
    inputs: { stdin: "canary" },
    secrets: expect.arrayContaining(["stdin"]),
  });
});

test("a limit of tries is a part of the connection", () => {
  expect(resource("with-limit").inputs.connection).toMatchObject({ dialErrorLimit: 120 });
});
