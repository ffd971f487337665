import { describe, expect, test } from "@jest/globals";
import { toSecret } from "../../../../scripts/lib/stack/secret-value.ts";
import { serverWithKeys } from "../../../../scripts/lib/stack/server-in-state.ts";
import { exportedState, resources } from "../../../support/stack-state.ts";
import { bare, newKeys } from "../rotation/state.ts";

const keys = newKeys();

/** The command that made a key, as `pulumi stack export --show-secrets` prints it. */
function command(name: string, stdout: unknown) {
  return {
    urn: `urn:pulumi:prod::trading-bot-server::SshKeyPair$command:local:Command::${name}`,
    type: "command:local:Command",
    outputs: { stdout },
  };
}

const printed = ({ privateKey, publicKey }: { privateKey: string; publicKey: string }) =>
  toSecret(`${privateKey}${publicKey}\n`);
const deploy = command("deploy-key", printed(keys.deploy));
const initial = command("initial-host-key", printed(keys.initialHost));
const permanent = command("permanent-host-key", printed(keys.host));

describe("the server of a first `pulumi up` that failed", () => {
  test("is found in the state, with both host keys that it may have", () => {
    expect(serverWithKeys(exportedState([resources.address, deploy, initial, permanent]))).toEqual({
      host: "203.0.113.10",
      user: "admin",
      deployKey: keys.deploy.privateKey,
      hostKey: [bare(keys.initialHost), bare(keys.host)],
    });
  });

  test.each<[string, object[]]>([
    ["no address", [deploy, initial, permanent]],
    ["no deploy key", [resources.address, initial, permanent]],
    ["no host key", [resources.address, deploy]],
    ["a key that can't be read", [resources.address, command("deploy-key", 1), initial, permanent]],
  ])("isn't there with %s", (_, found) => {
    expect(serverWithKeys(exportedState(found))).toBeUndefined();
  });
});
