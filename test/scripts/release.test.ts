import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { actionAnswer, type Answer, type Answers, HetznerStandIn, refusal } from "../hetzner/support.ts";
import { outputs } from "../support/fixtures.ts";
import { exportedState, resources } from "../support/stack-state.ts";
import { OperatorComputer } from "./operator-computer.ts";

const { stack, address, standby, volume, server, activeAddress } = resources;
const token = "the-token-of-the-canary";
const urn = (types: string, name: string) => `urn:pulumi:prod::trading-bot-server::${types}::${name}`;

const ofVolume = urn("trading-bot-server:index:StateVolume", "state-volume");
const ofStandby = urn("trading-bot-server:index:StaticIp", "standby");
const place = {
  urn: urn("trading-bot-server:index:StateVolume$command:local:Command", "state-place"),
  type: "command:local:Command",
  parent: ofVolume,
  dependencies: [volume.urn],
};
const order = {
  urn: urn("trading-bot-server:index:ServerOrder$command:local:Command", "order"),
  type: "command:local:Command",
  inputs: { stdin: "what is wanted" },
  outputs: { stdin: "what is wanted", stdout: "{}" },
};
const bot = {
  urn: urn("trading-bot-server:index:TradingBot$command:remote:Command", "bot-files"),
  type: "command:remote:Command",
  dependencies: [place.urn, server.urn],
  propertyDependencies: { connection: [standby.urn, server.urn] },
};

const computer = new OperatorComputer({ ...outputs, liveKeyPair: "none" });
const hetzner = await HetznerStandIn.start();

beforeEach(() => {
  rmSync(join(computer.folder, "authorized"), { force: true });
  computer.setState(complete(server));
  computer.addPulumiVerb("up", 'echo "pulumi $*" >> "$FOLDER/calls"');
  stateIs("disk");
  answer();
});

afterAll(() => {
  hetzner.stop();
  computer.remove();
});

function complete(...more: object[]): string {
  const components = [ofVolume, ofStandby].map((one) => ({ urn: one, type: one.split("::")[2] }));
  const made = [
    ...components,
    address,
    { ...standby, parent: ofStandby },
    { ...volume, parent: ofVolume },
    place,
    order,
    bot,
  ];
  return exportedState([stack, activeAddress, ...made, ...more]);
}

/** What the server says about the bot's state. */
function stateIs(where: "disk" | "volume"): void {
  computer.addServerProgram("state-volume", `echo '{"place": "${where}"}'`);
}

function volumeOn(serverId: number | null): Answer {
  const found = {
    id: 30000001,
    name: "a",
    size: 10,
    location: { name: "fsn1" },
    protection: { delete: true },
  };
  return { body: { volume: { ...found, server: serverId } } };
}

function addressOf(serverId: number | null): Answer {
  const { name, ipAddress: ip } = standby.outputs;
  const found = { id: 20000002, name, ip, location: { name: "hel1" }, protection: { delete: true } };
  return { body: { primary_ip: { ...found, assignee_id: serverId } } };
}

const protectVolume = "POST /volumes/30000001/actions/change_protection";
const detach = "POST /volumes/30000001/actions/detach";
const protectAddress = "POST /primary_ips/20000002/actions/change_protection";

function answer(more: Answers = {}): void {
  hetzner.answer({
    "GET /volumes/30000001": [volumeOn(1000001), volumeOn(null)],
    [detach]: actionAnswer(),
    [protectVolume]: actionAnswer(),
    "DELETE /volumes/30000001": { status: 204 },
    "GET /primary_ips/20000002": addressOf(null),
    [protectAddress]: actionAnswer(),
    "DELETE /primary_ips/20000002": { status: 204 },
    ...more,
  });
}

function options(settings: Record<string, string> = {}) {
  const port = Number(new URL(hetzner.endpoint).port);
  return {
    settings: { "hcloud:token": token, ...settings },
    environment: {
      HCLOUD_ENDPOINT: hetzner.endpoint,
      REDIRECT_PORTS: JSON.stringify({ "127.0.0.1": port }),
    },
  };
}

async function release(option: string, settings?: Record<string, string>) {
  const result = await computer.run("teardown.ts", [option, "--yes"], options(settings));
  expect(result.stdout + result.stderr + computer.calls.join("\n")).not.toContain(token);
  return result;
}

/** What was changed: by pulumi, and at Hetzner. */
function changes(): string[] {
  const pulumi = computer.calls.filter((call) =>
    /^pulumi (config (set|rm)|stack import|up|destroy)/.test(call),
  );
  const shown = pulumi.map((call) =>
    call.replace(/ --(non-interactive|color|stack).*/, "").replace("pulumi ", ""),
  );
  const calls = hetzner.requests.filter(({ call }) => !call.startsWith("GET"));
  return [...new Set(shown), ...calls.map(({ call, body }) => `${call} ${body}`.trim())];
}

describe("`npm run teardown -- --release-volume`", () => {
  const deletion = [`${detach} {}`, `${protectVolume} {"delete":false}`, "DELETE /volumes/30000001"];

  test("deletes a volume that the bot's state isn't on, and the next `pulumi up` looks at the order again", async () => {
    const { code, stdout, stderr } = await release("--release-volume", {
      "trading-bot-server:stateVolume": "none",
    });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "The volume trading-bot-prod is deleted. Hetzner bills nothing more for it.\n",
    });
    expect(stdout).toContain("10 GB, in fsn1");
    expect(stdout).toContain("about 0.57 € a month");
    expect(changes()).toEqual(["stack import", "up --yes --skip-preview", ...deletion]);
    for (const gone of [volume.urn, place.urn, ofVolume]) {
      expect(computer.state).not.toContain(gone);
    }
    expect(computer.state).toContain(standby.urn);
    expect(computer.state).not.toContain("what is wanted");
  });

  test("sets stateVolume to none, if the settings want the volume", async () => {
    const { code, stdout } = await release("--release-volume", { "trading-bot-server:stateVolume": "10" });
    expect(code).toBe(0);
    expect(stdout).toContain("The setting stateVolume becomes none.");
    expect(changes()).toContain("config set stateVolume none");
  });

  test("deletes nothing if the bot's state is on it, and says how to move it", async () => {
    stateIs("volume");
    const { code, stderr } = await release("--release-volume");
    expect(code).toBe(2);
    expect(stderr).toContain("The bot's state is on the volume trading-bot-prod. Nothing was deleted.");
    expect(stderr).toContain("pulumi config set stateVolume none");
    expect(changes()).toEqual([]);
  });

  test("deletes nothing if the server can't be asked", async () => {
    computer.authorize([]);
    const { code, stderr } = await release("--release-volume");
    expect(code).toBe(2);
    expect(stderr).toContain("Only the server knows whether the bot's state is on the volume");
    expect(changes()).toEqual([]);
  });

  test("deletes the volume of an order that was refused, and orders no server", async () => {
    computer.setState(complete());
    answer({ "GET /volumes/30000001": volumeOn(null) });
    const { code, stdout } = await release("--release-volume");
    expect(code).toBe(0);
    expect(stdout).toContain("The stack has no server, so nobody can see what is on it.");
    expect(changes()).toEqual(["config set stateVolume none", "stack import", ...deletion.slice(1)]);
  });

  test("is continued after an interruption, when the volume is gone already", async () => {
    answer({ "GET /volumes/30000001": refusal(404, "not_found") });
    const { code } = await release("--release-volume", { "trading-bot-server:stateVolume": "none" });
    expect(code).toBe(0);
    expect(changes()).toEqual(["stack import", "up --yes --skip-preview"]);
  });

  test("protects the volume again if Hetzner refuses, and the stack keeps it", async () => {
    answer({ "DELETE /volumes/30000001": refusal(422, "invalid_input", "not today") });
    const { code, stderr } = await release("--release-volume", { "trading-bot-server:stateVolume": "none" });
    expect(code).toBe(2);
    expect(stderr).toContain("was not deleted. It is protected as before.");
    expect(stderr).toContain("To continue: npm run teardown -- --release-volume");
    expect(changes().at(-1)).toBe(`${protectVolume} {"delete":true}`);
    expect(computer.state).toContain(volume.urn);
  });

  test("deletes nothing if there is none", async () => {
    computer.setState(exportedState([stack, address, server]));
    const { code, stdout } = await release("--release-volume");
    expect([code, stdout, changes()]).toEqual([0, "The stack has no volume. Nothing was deleted.\n", []]);
  });

  test.each(["yes\n", "\n", "trading-bot\n"])(
    "deletes nothing after %j in place of its name",
    async (type) => {
      const { code, screen } = await computer.runInTerminal("teardown.ts", ["--release-volume"], {
        at: "To delete it, type its name (trading-bot-prod)",
        type,
        ...options(),
      });
      expect(code).toBe(1);
      expect(screen).toContain("Nothing was deleted.");
      expect(changes()).toEqual([]);
    },
  );
});

describe("`npm run teardown -- --release-standby`", () => {
  test("deletes the address and its setting, and says to remove it from the whitelist", async () => {
    const { code, stdout, stderr } = await release("--release-standby", {
      "trading-bot-server:standby": "hel1",
    });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "The address 203.0.113.20 is deleted. Hetzner bills nothing more for it.\n",
    });
    expect(stdout).toContain("remove it from the key's whitelist at Binance");
    expect(changes()).toEqual([
      "config rm standby",
      "stack import",
      "up --yes --skip-preview",
      `${protectAddress} {"delete":false}`,
      "DELETE /primary_ips/20000002",
    ]);
    expect(computer.state).not.toContain(standby.urn);
    expect(computer.state).toContain(address.urn);
  });

  test("is refused while the bot is there", async () => {
    const moved = { ...activeAddress, outputs: { input: "first", output: "standby" } };
    computer.setState(exportedState([stack, moved, address, standby, server]));
    const { code, stderr } = await release("--release-standby");
    expect(code).toBe(2);
    expect(stderr).toContain("To move it back first: npm run failover -- --back");
    expect(changes()).toEqual([]);
  });

  test("is refused while a fenced server has it, and says how to delete that", async () => {
    answer({ "GET /primary_ips/20000002": addressOf(7) });
    const { code, stderr } = await release("--release-standby");
    expect(code).toBe(2);
    expect(stderr).toContain("npm run failover -- --remove-fenced");
    expect(computer.state).toContain(standby.urn);
  });

  test("deletes nothing if there is none", async () => {
    computer.setState(exportedState([stack, address, server]));
    const { code, stdout } = await release("--release-standby");
    expect([code, stdout, changes()]).toEqual([
      0,
      "The stack has no standby address. Nothing was deleted.\n",
      [],
    ]);
  });
});

test("what is released can't be combined with what is kept", async () => {
  const { code, stderr } = await computer.run(
    "teardown.ts",
    ["--release-volume", "--keep-address"],
    options(),
  );
  expect(code).toBe(2);
  expect(stderr).toContain("can't be combined");
});
