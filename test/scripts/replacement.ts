import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect } from "@jest/globals";
import { existing, images, pricing, types } from "../hetzner/fixtures.ts";
import { actionAnswer, HetznerStandIn, refusal } from "../hetzner/support.ts";
import { outputs } from "../support/fixtures.ts";
import { exportedState, resources } from "../support/stack-state.ts";
import { oldId } from "./lib/replacement/support.ts";
import { OperatorComputer } from "./operator-computer.ts";

// What the tests of `npm run replace` have in common. The server's tool is the real one, on a server that is a folder.
// pulumi and Hetzner are stand-ins.

export const newId = 2000002;
export const botState = join(import.meta.dirname, "../../server/rootfs/usr/local/sbin/bot-state");

export const computer = new OperatorComputer({ ...outputs, liveKeyPair: "none" });
export const disk = join(computer.folder, "disk");
export const folder = join(computer.folder, "saved-state/prod");
export const hetzner = await HetznerStandIn.start();

beforeAll(() => {
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

export function write(path: string, content: string): void {
  mkdirSync(join(disk, path, ".."), { recursive: true });
  writeFileSync(join(disk, path), content);
}

export function read(path: string): string {
  return readFileSync(join(disk, path), "utf8");
}

export function stateWith(serverId: number | undefined): string {
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
export function answerServer(ip: string): void {
  sells({
    more: {
      "GET /servers/42": { body: { server: existing("cx23", "fsn1", { public_net: { ipv4: { ip } } }) } },
      "DELETE /servers/42": actionAnswer(),
    },
  });
}

/** What Hetzner sells, whether it has a server, and more that it answers. */
export function sells({ soldOut = false, hasServer = true, more = {} } = {}): void {
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
    "GET /volumes": reply({ volumes: [] }),
    ...more,
  });
}

export function options() {
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

export function replace(...args: string[]) {
  return computer.run("replace.ts", args, options());
}

export const ups = () => computer.calls.filter((call) => call.startsWith("pulumi up"));
export const isHeld = () => existsSync(join(disk, "var/lib/trading-bot-server/moving"));
export const isOpen = () => existsSync(join(folder, "replacement.json"));

export function expectRestored(): void {
  expect(read("var/lib/trading-bot/diary")).toBe("one open order");
  expect(read("opt/trading-bot/current/bot.py")).toBe("trades");
  expect([isHeld(), isOpen()]).toEqual([false, false]);
}

/** What `pulumi up` does: a new server with an empty disk, whose bot is held. */
export const upScript = `cd "$FOLDER"; rm -rf disk; mkdir -p disk/var/lib/trading-bot-server
  touch disk/var/lib/trading-bot-server/moving; cp state-after-up.json state.json`;

export function useWorkingUp(more = "true"): void {
  computer.addPulumiVerb("up", `${upScript}; ${more}`);
}

/** A first run ends during `pulumi up`, which leaves the stack with this server. */
export async function interruptUp(serverId: number | undefined): Promise<void> {
  writeFileSync(join(computer.folder, "state-interrupted.json"), stateWith(serverId));
  const erase = serverId === oldId ? "true" : upScript;
  computer.addPulumiVerb("up", `${erase}; cd "$FOLDER"; cp state-interrupted.json state.json; exit 255`);
  expect(await replace("--yes")).toMatchObject({ code: 2 });
  expect(isOpen()).toBe(true);
}
