import { describe, expect, test } from "@jest/globals";
import { serverWithKeys } from "../../../../scripts/lib/stack/server-in-state.ts";
import { parseStackState } from "../../../../scripts/lib/stack/state.ts";
import { server } from "../../../support/fixtures.ts";
import { exportedState, resources } from "../../../support/stack-state.ts";

/** The command that made a key, as `pulumi stack export --show-secrets` prints it. */
function key(name: string, publicKey: string, secret = true) {
  const stdout = `${server.deployKey}${publicKey} ${name}\n`;
  return {
    urn: `urn:pulumi:prod::trading-bot-server::SshKeyPair$command:local:Command::${name}`,
    type: "command:local:Command",
    outputs: {
      stdout: secret
        ? { "4dabf18193072939515e22adb298388d": "x", plaintext: JSON.stringify(stdout) }
        : stdout,
    },
  };
}

const initial = key("initial-host-key", "ssh-ed25519 AAAAinitial");
const permanent = key("permanent-host-key", "ssh-ed25519 AAAApermanent");
const deploy = key("deploy-key", "ssh-ed25519 AAAAdeploy");

function read(...found: object[]) {
  return serverWithKeys(parseStackState(exportedState(found)));
}

describe("the server of a first `pulumi up` that failed", () => {
  test("is found in the state, with both host keys that it may have", () => {
    expect(read(resources.address, deploy, initial, permanent)).toEqual({
      host: "203.0.113.10",
      user: "admin",
      deployKey: server.deployKey,
      hostKey: ["ssh-ed25519 AAAAinitial", "ssh-ed25519 AAAApermanent"],
    });
  });

  test("is found if the outputs aren't stored as secrets", () => {
    const plain = key("deploy-key", "ssh-ed25519 AAAAdeploy", false);
    expect(read(resources.address, plain, initial)).toMatchObject({ deployKey: server.deployKey });
  });

  test.each<[string, object[]]>([
    ["no address", [deploy, initial]],
    ["no deploy key", [resources.address, initial]],
    ["no host key", [resources.address, deploy]],
    ["a key that can't be read", [resources.address, { ...deploy, outputs: { stdout: 1 } }, initial]],
  ])("isn't there with %s", (_, found) => {
    expect(read(...found)).toBeUndefined();
  });
});
