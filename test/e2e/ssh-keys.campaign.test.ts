import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { KeyPair } from "../../binance/key-pair.ts";
import { rebootMachine } from "../../sandbox/machines/inspect.ts";
import { at } from "../../sandbox/network/at.ts";
import { createKey } from "./binance.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import { changes, Stack } from "./stack.ts";

// The deploy key and the host key of one server are replaced, in order: every test starts where the previous one ended.

let stack: Stack;
let server: Server;
let address: string;
let keyPair: KeyPair;

beforeAll(async () => {
  stack = await Stack.ready("ssh-keys");
  await stack.mustUp();
  address = await stack.output("ipToWhitelist");
  server = new Server((await onlyServer()).id);
  keyPair = await createKey("TradingBot-SSH-keys-01", [address]);
  await stack.setKeyPair(keyPair);
  await stack.mustUp();
});

afterAll(async () => {
  await stack.remove();
});

const authorizedKeys = () => server.run("cat /home/admin/.ssh/authorized_keys");

test("the SSH keys are replaced by one command: server, address and key pair stay as they are", async () => {
  const [deployKey, hostKey] = [await stack.output("deployKey"), await stack.output("hostKey")];
  const authorized = await authorizedKeys();
  const { code, stdout } = await stack.script("rotate-ssh-keys", ["--yes"]);
  expect([code, stdout]).toEqual([0, expect.stringContaining("Replaced: the deploy key and the host key.")]);
  expect(stdout).toContain("The previous deploy key can't log in any more.");
  expect(await stack.output("deployKey")).not.toBe(deployKey);
  expect(await stack.output("hostKey")).not.toBe(hostKey);
  const { stdout: scanned } = await at("operator", ["ssh-keyscan", "-t", "ed25519", address]);
  expect(scanned.trim()).toBe(`${address} ${await stack.output("hostKey")}`);
  expect(await authorizedKeys()).not.toBe(authorized);
  expect((await authorizedKeys()).split("\n")).toHaveLength(1);
  expect((await onlyServer()).id).toBe(server.id);
  expect(await server.pairInUnit()).toEqual(keyPair);
});

test("the SSH keys stay the new ones: another `pulumi up` changes nothing, and a reboot restores no previous key", async () => {
  expect(changes(await stack.mustUp())).toEqual({});
  const authorized = await authorizedKeys();
  await rebootMachine(server.id);
  await server.run("systemctl is-system-running --wait; cloud-init status --wait || true");
  expect(await authorizedKeys()).toBe(authorized);
  expect((await stack.script("ssh", ["true"])).code).toBe(0);
});

test("the SSH keys are replaced completely if an earlier run was interrupted after it had made one of them", async () => {
  const [deployKey, hostKey] = [await stack.output("deployKey"), await stack.output("hostKey")];
  await stack.setSecret("previousSshKeys", JSON.stringify({ deployKey: `${deployKey}\n`, hostKey }));
  const onlyDeployKey = "**:Command::deploy-key";
  await stack.mustUp("--replace", onlyDeployKey, "--target", onlyDeployKey);
  const { code, stderr } = await stack.script("rotate-ssh-keys", []);
  expect([code, stderr]).toEqual([0, expect.stringContaining("Continuing to replace the SSH keys.")]);
  expect(await stack.output("deployKey")).not.toBe(deployKey);
  expect(await stack.output("hostKey")).not.toBe(hostKey);
  expect(changes(await stack.mustUp())).toEqual({});
  expect((await stack.script("ssh", ["true"])).code).toBe(0);
});

test("a replaced server has never had the keys that were replaced before, and gets the same host key", async () => {
  const hostKey = await stack.output("hostKey");
  await stack.mustUp("--replace", await stack.output("serverUrn"));
  expect(await stack.output("hostKey")).toBe(hostKey);
  server = new Server((await onlyServer()).id);
  const authorized = await authorizedKeys();
  const userData = await server.run("cat /var/lib/cloud/instance/user-data.txt");
  expect(userData).toContain(authorized);
  expect(userData.match(/ssh-ed25519 \S+/g)).toHaveLength(2);
});
