import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { outputs, server } from "../support/fixtures.ts";
import { OperatorComputer, type ScriptResult } from "./operator-computer.ts";

const delivery = { files: [{ path: "/etc/nftables.conf", content: "table inet x {}\n" }], confirmWithin: 60 };

let computer: OperatorComputer;
const received = (name: string) => readFileSync(join(computer.folder, name), "utf8");

beforeAll(() => {
  computer = new OperatorComputer(outputs);
});

beforeEach(() => {
  for (const name of ["installed", "confirmed"]) {
    writeFileSync(join(computer.folder, name), "");
  }
});

afterAll(() => {
  computer.remove();
});

/** A server whose `server-files` runs these commands for its subcommands. */
function serverFiles(install: string, confirm: string): void {
  computer.addServerProgram(
    "sudo",
    `case $2 in
install) cat >"$FOLDER/installed"; ${install} ;;
confirm) echo confirmed >"$FOLDER/confirmed"; ${confirm} ;;
esac`,
  );
}

function deliver(input: object = { server, delivery }): Promise<ScriptResult> {
  return computer.run("deliver-confirmed.ts", [], { input: `${JSON.stringify(input)}\n` });
}

describe("files that could lock everybody out", () => {
  test("are confirmed over a new connection", async () => {
    serverFiles("printf 'unconfirmed\\n/etc/nftables.conf\\n'", "true");
    expect(await deliver()).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(JSON.parse(received("installed"))).toEqual(delivery);
    expect(received("confirmed")).toBe("confirmed\n");
    expect(computer.calls.filter((line) => line.startsWith("ssh "))).toHaveLength(2);
    expect(computer.temporaryFiles).toEqual([]);
  });

  test("need no confirmation if nothing has changed", async () => {
    serverFiles("echo unchanged", "true");
    expect((await deliver()).code).toBe(0);
    expect(received("confirmed")).toBe("");
  });

  test("fail with the server's reason if it refuses them", async () => {
    serverFiles("echo 'server-files: /etc/nftables.conf was refused' >&2; exit 1", "true");
    expect(await deliver()).toMatchObject({
      code: 2,
      stderr: "server-files: /etc/nftables.conf was refused\n",
    });
    expect(received("confirmed")).toBe("");
  });

  test.each([
    ["the new connection is refused", "echo 'Connection timed out' >&2; exit 255"],
    ["the confirmation comes too late", "echo 'there is nothing to confirm' >&2; exit 1"],
  ])("are rolled back by the server if %s, which the message says", async (_, confirm) => {
    serverFiles("printf 'unconfirmed\\n/etc/nftables.conf\\n'", confirm);
    const { code, stderr } = await deliver();
    expect(code).toBe(2);
    expect(stderr).toContain("could not be confirmed over a new connection");
    expect(stderr).toContain("Within 60 s the server rolls it back by itself: /etc/nftables.conf");
    expect(computer.temporaryFiles).toEqual([]);
  });

  test("don't let a message blame adminCidrs if only the new connection is refused", async () => {
    serverFiles(
      "printf 'unconfirmed\\n/etc/nftables.conf\\n'",
      "echo 'connect to host x port 22: Connection timed out' >&2; exit 255",
    );
    const { stderr } = await deliver();
    expect(stderr).toContain("for the new one the server doesn't answer: the change is the likely cause");
    expect(stderr).not.toContain("adminCidrs");
  });

  test("are not delivered if the input is wrong, and nothing of it is shown", async () => {
    const { code, stderr } = await deliver({ server: { ...server, deployKey: "canary-key" }, delivery });
    expect(code).toBe(2);
    expect(stderr).toBe("Invalid values on standard input: server.deployKey.\n");
    expect(computer.calls).toEqual([]);
  });
});
