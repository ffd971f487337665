import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { writeJournal } from "../../scripts/lib/replacement/journal.ts";
import { outputs } from "../support/fixtures.ts";
import { resources } from "../support/stack-state.ts";
import { oldId, openJournal } from "./lib/replacement/support.ts";
import {
  answerServer,
  computer,
  disk,
  expectRestored,
  folder,
  hetzner,
  interruptUp,
  isHeld,
  isOpen,
  newId,
  options,
  read,
  replace,
  sells,
  ups,
  upScript,
  useWorkingUp,
  write,
} from "./replacement.ts";

/** Starts `npm run replace`, and waits until `pulumi up` runs, which `finish` ends. */
async function startUntilUp() {
  computer.addPulumiVerb(
    "up",
    'echo at-up >&2; while ! [ -e "$FOLDER/go" ]; do sleep 0.01; done; echo done; cp "$FOLDER/state-after-up.json" "$FOLDER/state.json"',
  );
  rmSync(join(computer.folder, "go"), { force: true });
  const child = computer.start("replace.ts", ["--yes"], options());
  const ended = new Promise((resolve) => child.once("exit", resolve));
  let stderr = "";
  await new Promise<void>((resolve) => {
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
      if (stderr.includes("at-up")) {
        resolve();
      }
    });
  });
  const finish = async () => {
    writeFileSync(join(computer.folder, "go"), "");
    return { code: await ended, stderr };
  };
  return { child, finish };
}

test("after Ctrl-C in `pulumi up`, nothing more is done, also if that ends with 0", async () => {
  const { child, finish } = await startUntilUp();
  child.kill("SIGINT");
  const { code, stderr } = await finish();
  expect(code).toBe(130);
  expect(stderr).toContain("Interrupted. Nothing is lost. To continue: npm run replace");
  expect(stderr).not.toContain("Restoring");
  expect([isHeld(), isOpen()]).toEqual([true, true]);
});

test("a closed pipe ends nothing", async () => {
  const { child, finish } = await startUntilUp();
  child.stdout.destroy();
  expect(await finish()).toMatchObject({ code: 0 });
  expectRestored();
});

describe("a run that was interrupted is continued", () => {
  test("after the state was saved: it is saved once more", async () => {
    computer.addPulumiVerb("up", "exit 255");
    const { code, stderr } = await replace("--yes");
    expect(code).toBe(2);
    expect(stderr).toContain("The bot stays off until the replacement is finished or given up. To continue:");
    expect([isHeld(), isOpen()]).toEqual([true, true]);
    write("var/lib/trading-bot/more", "later");
    useWorkingUp();
    expect(await replace("--yes")).toMatchObject({ code: 0 });
    expectRestored();
    expect(read("var/lib/trading-bot/more")).toBe("later");
  });

  test("while its state was being saved: what had arrived is not used", async () => {
    writeJournal(folder, openJournal({ server: { ...openJournal({}).server, urn: resources.server.urn } }));
    writeFileSync(join(folder, "incomplete.tar.gz"), "half an archive");
    write("var/lib/trading-bot-server/moving", "");
    const { code, stderr } = await replace("--yes");
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    expectRestored();
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test("after the old server was deleted, when it can't be reached", async () => {
    await interruptUp(oldId);
    computer.addServerProgram(
      "sudo",
      'echo "ssh: connect to host 203.0.113.10 port 22: No route" >&2; exit 255',
    );
    computer.addPulumiVerb("up", `${upScript}; printf '#!/bin/sh\\nexec "$@"\\n' > server/sudo`);
    const { code, stderr } = await replace("--yes");
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    expect(stderr).toContain("Going on with the state that was saved at 20");
    expectRestored();
  });

  test("when the stack has no server: it is ordered, after a look", async () => {
    await interruptUp(undefined);
    sells({ soldOut: true, hasServer: false });
    expect(await replace("--yes")).toMatchObject({ code: 2, stderr: expect.stringContaining("serverType") });
    expect(ups()).toEqual([]);
    sells({ hasServer: false });
    useWorkingUp();
    const { code } = await replace("--yes");
    expect(code).toBe(0);
    expect(ups()).toEqual(["pulumi up --yes --skip-preview"]);
    expectRestored();
  });

  test("when Hetzner has a server that the stack doesn't know: that one is deleted first", async () => {
    await interruptUp(undefined);
    useWorkingUp();
    answerServer(outputs.ipToWhitelist);
    const { code, stderr } = await replace("--yes");
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    expect(hetzner.calls).toContain("DELETE /servers/42");
    expectRestored();
  });

  test("but a server with another address is not deleted", async () => {
    await interruptUp(undefined);
    answerServer("203.0.113.99");
    const { code, stderr } = await replace("--yes");
    expect(code).toBe(2);
    expect(stderr).toContain("Delete it in Hetzner's Console if you don't need it");
    expect(hetzner.calls).not.toContain("DELETE /servers/42");
    expect([ups(), isOpen()]).toEqual([[], true]);
  });

  test("when the new server is there: everything is installed, and the state is restored", async () => {
    await interruptUp(newId);
    useWorkingUp();
    expect(await replace("--yes")).toMatchObject({ code: 0 });
    expect(ups()).toEqual(["pulumi up --yes --skip-preview"]);
    expectRestored();
  });

  test("but not with another file than the saved one", async () => {
    await interruptUp(newId);
    const [saved = ""] = readdirSync(folder).filter((name) => name.endsWith(".tar.gz"));
    writeFileSync(join(folder, saved), "other");
    useWorkingUp();
    const { code, stderr } = await replace("--yes");
    expect(code).toBe(2);
    expect(stderr).toContain("was changed since it was saved");
    expect(isHeld()).toBe(true);
  });

  test("but not onto a server whose bot has run without its state", async () => {
    await interruptUp(newId);
    useWorkingUp(
      "rm disk/var/lib/trading-bot-server/moving; mkdir -p disk/var/lib/trading-bot; touch disk/var/lib/trading-bot/new",
    );
    const { code, stderr } = await replace("--yes");
    expect(code).toBe(2);
    expect(stderr).toContain("the bot has its own state on this server already");
    expect(existsSync(join(disk, "var/lib/trading-bot/new"))).toBe(true);
  });
});

describe("--discard", () => {
  test("without an open replacement is refused", async () => {
    expect(await replace("--discard")).toMatchObject({ code: 2, stderr: "No replacement is open.\n" });
  });

  test("releases the bot of the old server, without a question", async () => {
    await interruptUp(oldId);
    const { code, stdout } = await replace("--discard");
    expect(code).toBe(0);
    expect(stdout).toContain("The saved state is still in saved-state/prod/");
    expect([isHeld(), isOpen()]).toEqual([false, false]);
  });

  test("asks before a bot starts without its state", async () => {
    await interruptUp(newId);
    expect(await replace("--discard")).toMatchObject({
      code: 2,
      stdout: expect.stringContaining("without the saved state"),
    });
    expect([isHeld(), isOpen()]).toEqual([true, true]);
    expect(await replace("--discard", "--yes")).toMatchObject({ code: 0 });
    expect([isHeld(), isOpen()]).toEqual([false, false]);
  });
});
