import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { userDataIn } from "../../scripts/lib/rebuild/fresh-system.ts";
import { readJournal, writeJournal } from "../../scripts/lib/replacement/journal.ts";
import { parseExported } from "../../scripts/lib/stack/exported-state.ts";
import { parseStackState, serverIn } from "../../scripts/lib/stack/state.ts";
import { existing, images } from "../hetzner/fixtures.ts";
import { actionAnswer, type Answer, refusal } from "../hetzner/support.ts";
import { madePair } from "../support/fixtures.ts";
import { resources } from "../support/stack-state.ts";
import { oldId, openJournal } from "./lib/replacement/support.ts";
import { exportedState, newKeys } from "./lib/rotation/state.ts";
import {
  computer,
  disk,
  expectRestored,
  folder,
  hetzner,
  isHeld,
  isOpen,
  newId,
  options,
  read,
  sells,
  stateWith,
  ups,
  useWorkingUp,
} from "./replacement.ts";

const keys = newKeys();
const request = `POST /servers/${oldId}/actions/rebuild`;
const protect = `POST /servers/${oldId}/actions/change_protection`;

/** The actions of the server at Hetzner, the newest first. */
let actions: { id: number; command: string; status: string }[] = [];
let isProtected = false;
let isRescueEnabled = false;

function stackState(): string {
  const state = parseExported(exportedState(keys));
  state.deployment.resources.push(resources.address);
  return JSON.stringify(state);
}

/** Hetzner rebuilds the server, unless `answer` is another one. */
function rebuilds(answer: Answer = actionAnswer()): void {
  sells({
    more: {
      [`GET /servers/${oldId}`]: () => ({
        body: {
          server: existing("cx23", "fsn1", {
            id: oldId,
            protection: { delete: isProtected, rebuild: isProtected },
            rescue_enabled: isRescueEnabled,
          }),
        },
      }),
      [`GET /servers/${oldId}/actions`]: () => ({ body: { actions } }),
      "GET /actions/8": actionAnswer(),
      [protect]: ({ body }: { body: string }) => {
        isProtected = body.includes("true");
        return actionAnswer();
      },
      [request]: () => {
        if (typeof answer === "object" && "status" in answer && answer.status === 201) {
          rmSync(disk, { recursive: true });
          actions = [
            { id: 1 + (actions[0]?.id ?? 7), command: "rebuild_server", status: "success" },
            ...actions,
          ];
        }
        return answer;
      },
    },
  });
}

/** `pulumi up` sets up the system that is there, and holds its bot if it is a fresh one. */
function useUp(more = "true"): void {
  computer.addPulumiVerb(
    "up",
    `cd "$FOLDER"; [ -e disk ] || { mkdir -p disk/var/lib/trading-bot-server; touch disk/var/lib/trading-bot-server/moving; }; ${more}`,
  );
}

beforeEach(() => {
  actions = [{ id: 7, command: "create_server", status: "success" }];
  isProtected = false;
  computer.setState(stackState());
  rebuilds();
  useUp();
});

function rebuild(...args: string[]) {
  return computer.run("rebuild.ts", args, options());
}

const requests = () => hetzner.calls.filter((call) => call === request).length;
const generation = () => serverIn(parseStackState(computer.state))?.generation;

test("saves the bot's state and program, rebuilds the server, restores them, and ends the hold", async () => {
  const { code, stdout, stderr } = await rebuild("--yes");
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  expectRestored();
  expect(stdout).toContain("This installs debian-13 from scratch on the server trading-bot-prod.");
  expect(stdout).toContain("its address 203.0.113.10, its id 1000001 and its price.");
  expect(stdout).toMatch(/The server has a fresh system\. The saved state is still in saved-state\/prod\//);
  expect(ups()).toEqual(["pulumi up --yes --skip-preview"]);
  expect(generation()).toBe("1000001-1");
  const sent: unknown = JSON.parse(hetzner.requests.find(({ call }) => call === request)?.body ?? "");
  expect(sent).toEqual({ image: "debian-13", user_data: userDataIn(parseExported(computer.state)) });
  expect(computer.state).not.toContain(JSON.stringify(keys.initialHost.publicKey).slice(1, -1));
  expect(computer.temporaryFiles).toEqual([]);
});

test("lifts a protection at Hetzner, and sets it again", async () => {
  isProtected = true;
  const { code, stdout } = await rebuild("--yes");
  expect(code).toBe(0);
  expect(stdout).toContain("The server is protected at Hetzner.");
  expect(hetzner.calls.filter((call) => call === protect || call === request)).toEqual([
    protect,
    request,
    protect,
  ]);
  expect(isProtected).toBe(true);
});

test("of a key that was made on the server, says before that it ends", async () => {
  const { settings, ...more } = options();
  const made = { ...settings, "binance:publicKey": madePair.publicKey };
  const { stdout } = await computer.run("rebuild.ts", ["--yes"], { ...more, settings: made });
  expect(stdout).toContain("THE KEY ENDS WITH THE DISK");
});

describe("before anything is changed, it ends", () => {
  const expectNothingChanged = () => {
    expect(requests()).toBe(0);
    expect(ups()).toEqual([]);
    expect([isHeld(), isOpen()]).toEqual([false, false]);
    expect(read("var/lib/trading-bot/diary")).toBe("one open order");
    expect(generation()).toBe(String(oldId));
  };

  test("if the image isn't tested", async () => {
    const { code, stderr } = await rebuild("--yes", "--image", "ubuntu-26.04");
    expect(code).toBe(2);
    expect(stderr).toContain(
      "ubuntu-26.04 isn't tested with this version of trading-bot-server. --image takes: debian-13",
    );
    expectNothingChanged();
  });

  test("if Hetzner has no such image for the server", async () => {
    const arm = images.filter(({ architecture }) => architecture === "arm");
    sells({
      more: {
        [`GET /servers/${oldId}`]: { body: { server: existing("cx23", "fsn1", { id: oldId }) } },
        "GET /images": { body: { images: arm } },
      },
    });
    expect(await rebuild("--yes")).toMatchObject({
      code: 2,
      stderr: "Hetzner has no image debian-13 for x86, the server's architecture.\nNothing was changed.\n",
    });
    expectNothingChanged();
  });

  test("if the rescue system would start instead of the fresh one", async () => {
    isRescueEnabled = true;
    const { code, stderr } = await rebuild("--yes");
    isRescueEnabled = false;
    expect([code, stderr]).toEqual([2, expect.stringContaining("Hetzner's rescue system is enabled")]);
    expectNothingChanged();
  });

  test("if the server was deleted at Hetzner", async () => {
    sells();
    const { code, stderr } = await rebuild("--yes");
    expect(code).toBe(2);
    expect(stderr).toContain("npm run replace -- --without-state");
    expectNothingChanged();
  });

  test("if nobody can be asked", async () => {
    expect(await rebuild()).toMatchObject({ code: 2, stderr: expect.stringContaining("--yes") });
    expectNothingChanged();
  });

  test("if the answer isn't yes", async () => {
    const { code, screen } = await computer.runInTerminal("rebuild.ts", [], {
      ...options(),
      at: "Type yes",
      type: "no\n",
    });
    expect(code).toBe(1);
    expect(screen).toContain("Rebuild the server trading-bot-prod? Type yes: ");
    expectNothingChanged();
  });

  test("if the stack's state is of an older version", async () => {
    computer.setState(stateWith(oldId));
    expect(await rebuild("--yes")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Run `pulumi up`, and then this again."),
    });
    expectNothingChanged();
  });

  test("if the server can't be reached, and says how it is rebuilt", async () => {
    computer.addServerProgram("sudo", "exit 255");
    const { code, stderr } = await rebuild("--yes");
    expect(code).toBe(2);
    expect(stderr).toContain("npm run rebuild -- --without-state");
    expectNothingChanged();
  });

  test("if a replacement is open", async () => {
    writeJournal(folder, openJournal({}));
    const { code, stderr } = await rebuild("--yes");
    expect(code).toBe(2);
    expect(stderr).toContain("A replacement of the server is open.");
    expect(requests()).toBe(0);
  });
});

test("--without-state saves nothing, says what is lost, and needs no connection to the old system", async () => {
  computer.addServerProgram("sudo", "exit 255");
  useUp(`printf '#!/bin/sh\\nexec "$@"\\n' > server/sudo`);
  const { code, stdout } = await rebuild("--without-state", "--yes");
  expect(code).toBe(0);
  expect(stdout).toContain("THE BOT'S STATE IS NOT SAVED");
  expect(stdout).toContain("npm run install-bot -- FOLDER");
  expect(readdirSync(folder)).toEqual([]);
});

describe("a run that was interrupted is continued", () => {
  test("after Hetzner has refused the rebuild: the bot is off until then", async () => {
    rebuilds(refusal(423, "resource_locked"));
    const { code, stderr } = await rebuild("--yes");
    expect(code).toBe(2);
    expect(stderr).toContain(
      "The bot stays off until the rebuild is finished or given up. To continue: npm run rebuild.",
    );
    expect([isHeld(), isOpen()]).toEqual([true, true]);
    rebuilds();
    expect(await rebuild("--yes")).toMatchObject({ code: 0 });
    expectRestored();
    expect(requests()).toBe(1);
    expect(generation()).toBe("1000001-1");
  });

  test("after the rebuild, before `pulumi up` has succeeded: it isn't rebuilt again", async () => {
    useUp("exit 255");
    expect(await rebuild("--yes")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("pulumi cancel"),
    });
    useUp();
    rebuilds();
    const { code, stderr } = await rebuild();
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    expect(stderr).toContain("Continuing the rebuild of the server trading-bot-prod.");
    expectRestored();
    expect(requests()).toBe(0);
  });

  test("when it was killed before it could write down that Hetzner had finished", async () => {
    useUp("exit 255");
    await rebuild("--yes");
    const journal = readJournal(folder);
    if (journal?.rebuild === undefined) {
      throw new Error("no rebuild is open");
    }
    writeJournal(folder, { ...journal, rebuild: { ...journal.rebuild, isDone: false } });
    useUp();
    rebuilds();
    expect(await rebuild("--yes")).toMatchObject({ code: 0 });
    expectRestored();
    expect(requests()).toBe(0);
  });

  test("by another rebuild with --again, if the fresh system can't be set up: the saved state stays", async () => {
    useUp("exit 255");
    await rebuild("--yes");
    useUp();
    rebuilds();
    const { code, stderr } = await rebuild("--again", "--yes");
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    expectRestored();
    expect(requests()).toBe(1);
    expect(generation()).toBe("1000001-2");
  });

  test("by another rebuild with --again, which can't be discarded, because the old system is gone", async () => {
    useUp("exit 255");
    await rebuild("--yes");
    rebuilds(refusal(423, "resource_locked"));
    expect(await rebuild("--again", "--yes")).toMatchObject({ code: 2 });
    expect(await rebuild("--discard", "--yes")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("so its old system is gone"),
    });
    expect([generation(), isOpen()]).toEqual(["1000001-2", true]);
  });

  test("by another server, which gets the saved state, with --instead-of-rebuild", async () => {
    useUp("exit 255");
    await rebuild("--yes");
    expect(await computer.run("replace.ts", ["--yes"], options())).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("npm run replace -- --instead-of-rebuild"),
    });
    // The empty system would be saved in its place.
    mkdirSync(join(disk, "var/lib/trading-bot"), { recursive: true });
    writeFileSync(join(computer.folder, "state-after-up.json"), stateWith(newId));
    useWorkingUp();
    const { code, stderr } = await computer.run("replace.ts", ["--instead-of-rebuild", "--yes"], options());
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    expectRestored();
  });
});

test("--again without an open rebuild is refused", async () => {
  expect(await rebuild("--again", "--yes")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("No rebuild is open."),
  });
});

describe("--discard", () => {
  test("without an open rebuild is refused", async () => {
    expect(await rebuild("--discard")).toMatchObject({ code: 2, stderr: "No rebuild is open.\n" });
  });

  test("if Hetzner has not begun, the bot is released on its old system, without a question", async () => {
    isProtected = true;
    rebuilds(refusal(423, "resource_locked"));
    await rebuild("--yes");
    expect([isProtected, generation()]).toEqual([false, "1000001-1"]);
    rebuilds();
    expect(await rebuild("--discard")).toMatchObject({ code: 0 });
    expect([isHeld(), isOpen(), isProtected]).toEqual([false, false, true]);
    expect(generation()).toBe(String(oldId));
    expect(read("var/lib/trading-bot/diary")).toBe("one open order");
  });

  test("once Hetzner has begun, it is refused", async () => {
    rebuilds(refusal(423, "resource_locked"));
    await rebuild("--yes");
    actions = [{ id: 8, command: "rebuild_server", status: "running" }];
    const { code, stderr } = await rebuild("--discard");
    expect(code).toBe(2);
    expect(stderr).toContain("Hetzner has begun to rebuild the server");
    expect(isOpen()).toBe(true);
  });

  test("asks before a bot starts without its state", async () => {
    useUp("exit 255");
    await rebuild("--yes");
    expect(await rebuild("--discard")).toMatchObject({
      code: 2,
      stdout: expect.stringContaining("The bot starts on the fresh system without the saved state."),
    });
    expect(await rebuild("--discard", "--yes")).toMatchObject({ code: 0 });
    expect([isHeld(), isOpen(), existsSync(join(disk, "var/lib/trading-bot"))]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
