import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { writeJournal } from "../../scripts/lib/replacement/journal.ts";
import { existing, images, pricing, types } from "../hetzner/fixtures.ts";
import { actionAnswer, HetznerStandIn, refusal } from "../hetzner/support.ts";
import { outputs } from "../support/fixtures.ts";
import { exportedState, resources } from "../support/stack-state.ts";
import { oldId, openJournal } from "./lib/replacement/support.ts";
import { OperatorComputer } from "./operator-computer.ts";

// The server's tool is the real one, on a server that is a folder. pulumi and Hetzner are stand-ins.

const newId = 2000002;
const botState = join(import.meta.dirname, "../../server/rootfs/usr/local/sbin/bot-state");

const computer = new OperatorComputer({ ...outputs, liveKeyPair: "none" });
const disk = join(computer.folder, "disk");
const folder = join(computer.folder, "saved-state/prod");
let hetzner: HetznerStandIn;

beforeAll(async () => {
  hetzner = await HetznerStandIn.start();
  // This bot isn't configured, so that no start has to be watched.
  computer.addServerProgram("systemctl", '[ "$1" = show ]');
  computer.addServerProgram("logger", "");
});

beforeEach(() => {
  for (const path of [disk, folder]) {
    rmSync(path, { recursive: true, force: true });
  }
  computer.addServerProgram("bot-state", `TRADING_BOT_ROOT="$FOLDER/disk" exec ${botState} "$@"`);
  write("var/lib/trading-bot/diary", "one open order");
  write("opt/trading-bot/releases/0123456789ab/bot.py", "trades");
  symlinkSync("releases/0123456789ab", join(disk, "opt/trading-bot/current"));
  computer.setState(stateWith(oldId));
  writeFileSync(join(computer.folder, "state-after-up.json"), stateWith(newId));
  useWorkingUp();
  computer.addServerProgram("sudo", 'exec "$@"');
  sells();
});

afterAll(() => {
  hetzner.stop();
  computer.remove();
});

function write(path: string, content: string): void {
  mkdirSync(join(disk, path, ".."), { recursive: true });
  writeFileSync(join(disk, path), content);
}

function read(path: string): string {
  return readFileSync(join(disk, path), "utf8");
}

function stateWith(serverId: number | undefined): string {
  const server = { ...resources.server, id: String(serverId) };
  return exportedState([resources.stack, resources.address, ...(serverId === undefined ? [] : [server])]);
}

const address = {
  id: Number(resources.address.id),
  name: "trading-bot-prod",
  ip: outputs.ipToWhitelist,
  location: { name: "fsn1" },
  protection: { delete: true },
};

/** Hetzner has a server 42 with this address. */
function answerServer(ip: string): void {
  sells({
    more: {
      "GET /servers/42": { body: { server: { ...existing(), public_net: { ipv4: { ip } } } } },
      "DELETE /servers/42": actionAnswer(),
    },
  });
}

/** What Hetzner sells, whether it has a server, and more that it answers. */
function sells({ soldOut = false, hasServer = true, more = {} } = {}): void {
  // Hetzner sends prices as texts.
  const reply = (content: object) => {
    const body: unknown = JSON.parse(JSON.stringify(content), (key, value: unknown) =>
      key === "net" ? String(value) : value,
    );
    return { body };
  };
  hetzner.answer({
    "POST /servers": refusal(422, "invalid_input"),
    "GET /server_types": reply({ server_types: types(soldOut ? { soldOutIn: ["fsn1"] } : {}) }),
    "GET /pricing": reply({ pricing }),
    "GET /images": reply({ images }),
    "GET /servers": reply({ servers: hasServer ? [existing()] : [] }),
    "GET /primary_ips": reply({ primary_ips: [address] }),
    ...more,
  });
}

function options() {
  const port = Number(new URL(hetzner.endpoint).port);
  return {
    settings: {
      "hcloud:token": "canary",
      "hcloud:endpoint": hetzner.endpoint,
      // As in Pulumi.yaml: the type is left to this program.
      "trading-bot-server:serverType": "",
    },
    environment: { REDIRECT_PORTS: JSON.stringify({ "127.0.0.1": port }) },
  };
}

function replace(...args: string[]) {
  return computer.run("replace.ts", args, options());
}

const ups = () => computer.calls.filter((call) => call.startsWith("pulumi up"));
const isHeld = () => existsSync(join(disk, "var/lib/trading-bot-server/moving"));
const isOpen = () => existsSync(join(folder, "replacement.json"));

function expectRestored(): void {
  expect(read("var/lib/trading-bot/diary")).toBe("one open order");
  expect(read("opt/trading-bot/current/bot.py")).toBe("trades");
  expect([isHeld(), isOpen()]).toEqual([false, false]);
}

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
  expect(computer.keyFiles).toEqual([]);
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

/** What `pulumi up` does: a new server with an empty disk, whose bot is held. */
const upScript = `cd "$FOLDER"; rm -rf disk; mkdir -p disk/var/lib/trading-bot-server
  touch disk/var/lib/trading-bot-server/moving; cp state-after-up.json state.json`;

function useWorkingUp(more = "true"): void {
  computer.addPulumiVerb("up", `${upScript}; ${more}`);
}

/** A first run ends during `pulumi up`, which leaves the stack with this server. */
async function interruptUp(serverId: number | undefined): Promise<void> {
  writeFileSync(join(computer.folder, "state-interrupted.json"), stateWith(serverId));
  const erase = serverId === oldId ? "true" : upScript;
  computer.addPulumiVerb("up", `${erase}; cd "$FOLDER"; cp state-interrupted.json state.json; exit 255`);
  expect(await replace("--yes")).toMatchObject({ code: 2 });
  expect(isOpen()).toBe(true);
}
