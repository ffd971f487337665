import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { madePair } from "../support/fixtures.ts";
import { resources } from "../support/stack-state.ts";
import {
  botState,
  computer,
  expectRestored,
  folder,
  isHeld,
  isOpen,
  newId,
  options,
  read,
  replace,
  sells,
  stateWith,
  ups,
  upScript,
  useWorkingUp,
} from "./replacement.ts";

test("saves the bot's state and program, replaces the server, restores them, and ends the hold", async () => {
  const { code, stdout, stderr } = await replace("--yes");
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  expectRestored();
  expect(ups()).toEqual([`pulumi up --replace ${resources.server.urn} --yes --skip-preview`]);
  expect(stdout).toContain("5.99 €");
  expect(stdout).toContain("Until now: cx23 in fsn1: 5.99 € a month. That price is lost");
  const [saved = "", ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  expect(stdout).toContain(`The saved state is still in saved-state/prod/${saved}. It may hold secrets`);
  expect(computer.temporaryFiles).toEqual([]);
});

test("of a key that was made on the old server, says before and afterwards that it ends", async () => {
  const { settings, ...more } = options();
  const without = stateWith(newId).replace(resources.stack.outputs.liveKeyPair, "none");
  writeFileSync(join(computer.folder, "state-after-up.json"), without);
  const made = { ...settings, "binance:publicKey": madePair.publicKey };
  const { code, stdout } = await computer.run("replace.ts", ["--yes"], { ...more, settings: made });
  // The bot ran before, and doesn't run now.
  expect(code).toBe(1);
  expect(stdout).toContain("THE KEY ENDS WITH THE OLD SERVER");
  expect(stdout).toContain(
    "The server has no key now, so the bot stays off. Make a new key: npm run make-key",
  );
});

describe("before anything is changed, it ends", () => {
  const expectNothingChanged = () => {
    expect(ups()).toEqual([]);
    expect([isHeld(), isOpen()]).toEqual([false, false]);
    expect(read("var/lib/trading-bot/diary")).toBe("one open order");
  };

  test("if the server's type is sold out, with what can be ordered", async () => {
    sells({ soldOut: true });
    const { code, stdout, stderr } = await replace("--yes");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("pulumi config set serverType");
    expectNothingChanged();
  });

  test("if nobody can be asked", async () => {
    const { code, stderr } = await replace();
    expect(code).toBe(2);
    expect(stderr).toContain("--yes");
    expectNothingChanged();
  });

  test("if the answer isn't yes", async () => {
    const { code, screen } = await computer.runInTerminal("replace.ts", [], {
      ...options(),
      at: "Type yes",
      type: "no\n",
    });
    expect(code).toBe(1);
    expect(screen).toContain("Replace the server trading-bot-prod? Type yes: ");
    expectNothingChanged();
  });

  test("if the server's tools are of an older version", async () => {
    computer.removeServerProgram("bot-state");
    const { code, stderr } = await replace("--yes");
    expect(code).toBe(2);
    expect(stderr).toContain("Run `pulumi up`, and then this again.");
    expectNothingChanged();
  });

  test("if the server can't be reached, and says how a dead one is replaced", async () => {
    computer.addServerProgram("sudo", "exit 255");
    const { code, stderr } = await replace("--yes");
    expect(code).toBe(2);
    expect(stderr).toContain("npm run replace -- --without-state");
    expectNothingChanged();
  });

  test("if another run works on the stack; a run that was killed doesn't count", async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "lock"), String(process.pid));
    const { code, stderr } = await replace("--yes");
    expect(code).toBe(2);
    expect(stderr).toContain(`runs on this stack (process ${process.pid})`);
    expectNothingChanged();
    for (const killed of ["", "999999999"]) {
      writeFileSync(join(folder, "lock"), killed);
      expect(await replace()).toMatchObject({ code: 2, stderr: expect.stringContaining("--yes") });
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  test("if `pulumi up` would fail because of a mistake in the settings", async () => {
    computer.addPulumiVerb("preview", "echo adminCidrs must be set; exit 255");
    const { code, stderr } = await replace("--yes");
    computer.removePulumiVerb("preview");
    expect([code, stderr]).toEqual([
      2,
      "adminCidrs must be set\n`pulumi up` would fail, so nothing was changed.\n",
    ]);
    expectNothingChanged();
  });

  test("if there is no server", async () => {
    computer.setState(stateWith(undefined));
    expect(await replace("--yes")).toMatchObject({ code: 2 });
    expectNothingChanged();
  });
});

describe("if the state can't be saved", () => {
  test.each([
    ["the server reports an error", "echo the disk is broken >&2; exit 1"],
    ["the archive is cut off", `${botState} save | head -c 50`],
    ["something else arrives", "echo nonsense"],
  ])("because %s, nothing is deleted, and the bot is released", async (_, script) => {
    computer.addServerProgram(
      "bot-state",
      `export TRADING_BOT_ROOT="$FOLDER/disk"; [ "$1" != save ] || { ${script}; exit; }; exec ${botState} "$@"`,
    );
    const { code, stderr } = await replace("--yes");
    expect(code).toBe(2);
    expect(stderr).toContain("Nothing was deleted. The bot is as before.");
    expect(ups()).toEqual([]);
    expect([isHeld(), isOpen()]).toEqual([false, false]);
  });
});

test("says to `pulumi up` that the server is replaced, so that its report isn't about the old one", async () => {
  useWorkingUp("env > environment-of-up");
  expect(await replace("--yes")).toMatchObject({ code: 0 });
  expect(readFileSync(join(computer.folder, "environment-of-up"), "utf8")).toContain(
    "TRADING_BOT_REPLACING=",
  );
});

test("a wrong passphrase is reported with what to do", async () => {
  computer.addPulumiVerb("stack", "echo error: getting secrets manager: incorrect passphrase >&2; exit 255");
  const { code, stderr } = await replace("--yes");
  computer.removePulumiVerb("stack");
  expect(code).toBe(2);
  expect(stderr).toContain("incorrect passphrase\nThe passphrase of this stack is another one.");
  expect(stderr).toContain("docs/recovery.md (A lost passphrase)");
});

test("--without-state saves nothing, says what is lost, and needs no connection to the old server", async () => {
  computer.addServerProgram("sudo", "exit 255");
  computer.addPulumiVerb("up", `${upScript}; printf '#!/bin/sh\\nexec "$@"\\n' > server/sudo`);
  const { code, stdout } = await replace("--without-state", "--yes");
  expect(code).toBe(0);
  expect(ups()).toEqual([`pulumi up --replace ${resources.server.urn} --yes --skip-preview`]);
  expect(stdout).toContain("THE BOT'S STATE IS NOT SAVED");
  expect(stdout).toContain("npm run install-bot -- FOLDER");
  expect(readdirSync(folder)).toEqual([]);
});
