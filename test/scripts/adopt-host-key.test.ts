import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { rootCommand } from "../../components/commands/root-command.ts";
import { sshArguments } from "../../scripts/lib/ssh/arguments.ts";
import { outputs } from "./stack.ts";
import { Desk } from "./tools.ts";

const keys = ["ssh-ed25519 AAAAfirst", "ssh-ed25519 AAAAlasting"];
const privateKey =
  "-----BEGIN OPENSSH PRIVATE KEY-----\ncanary-host-key\n-----END OPENSSH PRIVATE KEY-----\n";
const command = rootCommand(`cat >"$DESK/adopted"; echo "it's $0" >"$DESK/name"`, "adopt-host-key");
const server = { host: outputs.ipToWhitelist, user: "admin", hostKey: keys, deployKey: outputs.deployKey };

let desk: Desk;

beforeAll(() => {
  desk = new Desk(outputs);
});

afterAll(() => {
  desk.remove();
});

test("the lasting host key goes to the server on standard input, and shows nowhere else", async () => {
  const input = JSON.stringify({ server, command, privateKey });
  const { code, stdout, stderr } = await desk.run("adopt-host-key.ts", [], { input });
  expect([code, stdout, stderr]).toEqual([0, "", ""]);
  expect(readFileSync(join(desk.folder, "adopted"), "utf8")).toBe(privateKey);
  expect(readFileSync(join(desk.folder, "name"), "utf8")).toBe("it's adopt-host-key\n");
  expect(desk.called.join("\n")).not.toContain("canary");
});

test("a server that doesn't take it fails the step with its reason, and without the key", async () => {
  const input = JSON.stringify({ server, command: "echo 'arrived incomplete' >&2; exit 1", privateKey });
  const { code, stderr } = await desk.run("adopt-host-key.ts", [], { input });
  expect(code).toBe(2);
  expect(stderr).toContain("arrived incomplete");
  expect(stderr).not.toContain("canary");
});

test("either key is known while one takes the other's place, as OpenSSH reads it", () => {
  const identity = { host: "203.0.113.10", user: "admin", hostKey: keys };
  const understood = execFileSync("ssh", ["-G", ...sshArguments(identity, "/key", [])], { encoding: "utf8" });
  const command = /^knownhostscommand (.*)$/m.exec(understood)?.[1] ?? "";
  // ssh takes %% for a percent sign.
  expect(execFileSync("sh", ["-c", command.replaceAll("%%", "%")], { encoding: "utf8" })).toBe(
    `203.0.113.10 ${keys[0]}\n203.0.113.10 ${keys[1]}\n`,
  );
});
