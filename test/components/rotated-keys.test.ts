import { beforeAll, describe, expect, test } from "@jest/globals";
import { declareStack } from "./declared-stack.ts";
import { allResources, keyPairOf, resource } from "./mocks.ts";

const previous = {
  deployKey: keyPairOf("old").privateKey,
  hostKey: keyPairOf("old").publicKey,
  initialHostKey: keyPairOf("old-initial").publicKey,
};

beforeAll(async () => {
  await declareStack({
    keyPair: undefined,
    verification: "enforce",
    webhook: undefined,
    reported: "none",
    previousSshKeys: previous,
  });
});

describe("while the SSH keys are replaced", () => {
  test("the step that adopts the host key runs again, and accepts the previous keys as well", () => {
    const { inputs, options, secrets } = resource("host-key-adoption");
    expect(options.ignoreChanges).toEqual(["create"]);
    expect(secrets).toContain("stdin");
    expect(JSON.parse(String(inputs.stdin))).toMatchObject({
      server: {
        deployKey: keyPairOf("deploy-key").privateKey,
        hostKey: [
          keyPairOf("initial-host-key").publicKey,
          keyPairOf("permanent-host-key").publicKey,
          previous.hostKey,
          previous.initialHostKey,
        ],
      },
      previous,
    });
  });

  test("nothing else knows the previous keys", () => {
    const others = JSON.stringify(allResources().filter(({ name }) => name !== "host-key-adoption"));
    expect(others).not.toContain(JSON.stringify(previous.deployKey).slice(1, -1));
    expect(others).not.toContain(previous.hostKey);
  });
});
