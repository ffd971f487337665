import { describe, expect, test } from "@jest/globals";
import { officialSchema, parseSchema, shapeOfResource, without } from "./schema.ts";
import { schemaOfPlugin } from "./toolchain-home.ts";

const official = officialSchema("command");
const ours = parseSchema(schemaOfPlugin("command"));

const files = "the project keeps its files out of Pulumi's state; they are refused";
const proxy = "the project reaches its server directly; a proxy is refused";

/** What the stand-in leaves out of the official provider, and why that is acceptable. */
const leftOut: Record<string, Record<string, string>> = {
  "command:local:Command": {
    "inputs.assetPaths": files,
    "inputs.archivePaths": files,
    "outputs.assetPaths": files,
    "outputs.archivePaths": files,
    "outputs.assets": files,
    "outputs.archive": files,
  },
  "command:remote:Command": {
    "inputs.connection.proxy": proxy,
    "outputs.connection.proxy": proxy,
  },
};

/** Resources that the stand-in leaves out. */
const noResource: Record<string, string> = {
  "command:remote:CopyFile": "deprecated by its makers",
  "command:remote:CopyToRemote": "the project sends files by standard input, where a secret may travel",
};

describe("the command plugin against the official one", () => {
  test("every resource is offered, or left out for a reason", () => {
    expect([...Object.keys(leftOut), ...Object.keys(noResource)].sort()).toEqual(
      Object.keys(official.resources).sort(),
    );
    // The official plugin, if it could be downloaded, has all of them.
    expect(Object.keys(official.resources)).toEqual(expect.arrayContaining(Object.keys(ours.resources)));
  });

  test.each(Object.entries(leftOut))("%s has the same inputs and outputs", (token, paths) => {
    const names = Object.keys(paths);
    const present = Object.keys(shapeOfResource(ours, token));
    const missing = names.filter((name) => !present.includes(name));
    expect(shapeOfResource(ours, token)).toEqual(without(shapeOfResource(official, token), missing));
  });
});

describe("what the product relies on", () => {
  const remote = shapeOfResource(ours, "command:remote:Command");

  test.each([
    ["inputs.connection", { secret: true, required: true }],
    ["outputs.connection", { secret: true, required: true }],
    ["inputs.connection.privateKey", { secret: true, type: "string" }],
    ["inputs.connection.hostKey", { type: "string", required: false }],
    ["inputs.connection.dialErrorLimit", { default: 10 }],
    ["inputs.triggers", { replaceOnChanges: true }],
    ["inputs.stdin", { type: "string", required: false }],
  ])("%s", (path, expected) => {
    expect(JSON.parse(remote[path] ?? "null")).toMatchObject(expected);
  });
});
