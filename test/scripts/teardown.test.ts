import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { outputs } from "../support/fixtures.ts";
import { exportedState, resources } from "../support/stack-state.ts";
import { OperatorComputer } from "./operator-computer.ts";

const { stack, address, server } = resources;
const hooks = { BeforeDelete: ["protected"] };
const token = "the-token-of-the-canary";

/** Hetzner, as far as a teardown calls it. */
const hetzner = {
  calls: new Array<string>(),
  isProtected: true,
  /** Its lists, by their names in the API. */
  lists: new Map<string, object[]>(),
};

let api: Server;
let computer: OperatorComputer;

beforeAll(async () => {
  api = createServer((request, response) => {
    const { method = "", url = "" } = request;
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      hetzner.calls.push(`${method} ${url} ${body}`.trim());
      response.setHeader("content-type", "application/json");
      if (method === "POST") {
        hetzner.isProtected = body === '{"delete":true}';
        const action = { id: 1, command: "change_protection", status: "success", error: null };
        response.end(JSON.stringify({ action }));
      } else {
        const list = url.split("?")[0]?.slice(1) ?? "";
        response.end(JSON.stringify({ [list]: hetzner.lists.get(list) ?? [] }));
      }
    });
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
});

beforeEach(() => {
  computer = new OperatorComputer(outputs);
  const program = join(computer.folder, "bin/pulumi");
  writeFileSync(program, `#!${process.execPath}\n${pulumi}`);
  chmodSync(program, 0o755);
  setState(stack, { ...address, resourceHooks: hooks }, server);
  Object.assign(hetzner, { calls: [], isProtected: true, lists: new Map() });
});

afterEach(() => {
  computer.remove();
});

afterAll(() => {
  api.close();
});

function setState(...made: object[]): void {
  writeFileSync(join(computer.folder, "state.json"), exportedState(made));
}

const state = z.object({ deployment: z.object({ resources: z.array(z.looseObject({ type: z.string() })) }) });

function addressInState() {
  const text = readFileSync(join(computer.folder, "state.json"), "utf8");
  return state.parse(JSON.parse(text)).deployment.resources.find(({ type }) => type === address.type);
}

/** Makes the CLI fail to delete the server or the address. */
function failToDelete(what: "server" | "address"): void {
  writeFileSync(join(computer.folder, "fail"), what);
}

function options() {
  const info = z.object({ port: z.number() }).parse(api.address());
  return {
    settings: { "hcloud:token": token },
    environment: {
      HCLOUD_ENDPOINT: `http://127.0.0.1:${info.port}`,
      REDIRECT_PORTS: JSON.stringify({ "127.0.0.1": info.port }),
    },
  };
}

async function teardown(...args: string[]) {
  const result = await computer.run("teardown.ts", args, options());
  expect(result.stdout + result.stderr + computer.calls.join("\n")).not.toContain(token);
  return result;
}

/** What was done, without what was read. */
function changes(): string[] {
  return computer.calls
    .map((call) => call.replace("pulumi ", "").replace(/ --non-interactive.*/, ""))
    .filter((call) => !/^(config|stack export)/.test(call));
}

describe("a teardown is confirmed", () => {
  test("by the name of the stack, and by the address", async () => {
    const { code, screen } = await computer.runInTerminal("teardown.ts", [], {
      answers: [
        ["type the stack's name (prod)", "prod\n"],
        ["To delete the address as well, type it (203.0.113.10)", "203.0.113.10\n"],
      ],
      ...options(),
    });
    expect(code).toBe(0);
    expect(screen).toContain("the address 203.0.113.10");
    expect(screen).toContain("Everything is deleted.");
  });

  test.each(["yes\n", "\n", "203.0.113.1\n"])("the address stays after %j", async (type) => {
    const { code, screen } = await computer.runInTerminal("teardown.ts", [], {
      answers: [
        ["type the stack's name (prod)", "prod\n"],
        ["To delete the address as well, type it", type],
      ],
      ...options(),
    });
    expect(code).toBe(0);
    expect(screen).toContain("Everything but the address 203.0.113.10 is deleted.");
    expect(changes().some((call) => call.includes("--exclude-protected"))).toBe(true);
    expect(changes().some((call) => call.includes("unprotect"))).toBe(false);
  });

  test.each(["yes\n", "\n", "prod2\n"])("and not by %j", async (type) => {
    const { code, screen } = await computer.runInTerminal("teardown.ts", [], {
      at: "type the stack's name (prod)",
      type,
      ...options(),
    });
    expect(code).toBe(1);
    expect(screen).toContain("Nothing was deleted.");
    expect([changes(), hetzner.calls]).toEqual([[], []]);
  });

  test("and is refused without a terminal", async () => {
    const { code, stderr } = await teardown();
    expect(code).toBe(2);
    expect(stderr).toContain("With --yes it isn't asked.");
    expect([changes(), hetzner.calls]).toEqual([[], []]);
  });
});

describe("what is deleted", () => {
  test("the address comes last, and is protected until then", async () => {
    const { code } = await teardown("--yes");
    expect(code).toBe(0);
    expect(changes()).toEqual([
      "stack import",
      "destroy --yes --skip-preview --refresh --exclude-protected",
      `state unprotect ${address.urn} --yes`,
      "destroy --yes --skip-preview --refresh",
    ]);
    expect(hetzner.calls.filter((call) => call.startsWith("POST"))).toEqual([
      'POST /primary_ips/20000001/actions/change_protection {"delete":true}',
      'POST /primary_ips/20000001/actions/change_protection {"delete":false}',
    ]);
  });

  test("the address isn't, with --keep-address; it stays as it was", async () => {
    const { code, stdout } = await teardown("--yes", "--keep-address");
    expect(code).toBe(0);
    expect(stdout).toContain("The address is protected.");
    expect(addressInState()).toMatchObject({ protect: true, resourceHooks: hooks });
    expect(hetzner.isProtected).toBe(true);
  });

  test("a stack without an address is deleted in one step", async () => {
    setState({ ...stack, outputs: {} });
    expect((await teardown("--yes")).code).toBe(0);
    expect(changes()).toEqual(["stack import", "destroy --yes --skip-preview --refresh"]);
    expect((await teardown("--yes", "--keep-address")).code).toBe(0);
  });

  test("nothing, if nothing is left", async () => {
    setState();
    const { code, stdout } = await teardown("--yes");
    expect([code, stdout]).toEqual([0, "Nothing is left to delete: the stack has nothing at Hetzner.\n"]);
    expect([changes(), hetzner.calls]).toEqual([[], []]);
  });

  test("what Hetzner still has under the stack's name is reported", async () => {
    hetzner.lists.set("firewalls", [{ id: 42, name: "trading-bot-prod" }]);
    const { code, stderr } = await teardown("--yes");
    expect(code).toBe(1);
    expect(stderr).toContain("  firewall trading-bot-prod (42)\n");
  });

  test("nothing, if Hetzner has a server that the stack doesn't know", async () => {
    hetzner.lists.set("servers", [{ id: 1000001, name: "trading-bot-prod" }]);
    expect((await teardown("--yes", "--keep-address")).code).toBe(1);
    hetzner.lists.set("servers", [{ id: 42, name: "trading-bot-prod" }]);
    setState(stack, address);
    const { code, stderr } = await teardown("--yes");
    expect(code).toBe(2);
    expect(stderr).toContain("a server trading-bot-prod (42) that the stack doesn't know");
    expect(changes()).toEqual([]);
  });
});

describe("after a failure, the address is protected", () => {
  test.each(["server", "address"] as const)("if the %s can't be deleted", async (what) => {
    failToDelete(what);
    const { code, stderr } = await teardown("--yes");
    expect(code).toBe(1);
    expect(stderr).toContain("Not everything was deleted");
    expect(addressInState()).toMatchObject({ protect: true, resourceHooks: hooks });
    expect(hetzner.isProtected).toBe(true);
    rmSync(join(computer.folder, "fail"));
    expect((await teardown("--yes")).code).toBe(0);
    expect(addressInState()).toBeUndefined();
  });

  test("again, if an earlier teardown was killed after it had lifted the protection", async () => {
    setState(stack, { ...address, protect: false });
    hetzner.isProtected = false;
    failToDelete("server");
    expect((await teardown("--yes")).code).toBe(1);
    expect(addressInState()).toMatchObject({ protect: true });
    expect(hetzner.isProtected).toBe(true);
  });

  test.each([
    { during: "server", args: ["--yes"], signal: "SIGINT", code: 130 },
    { during: "server", args: ["--yes", "--keep-address"], signal: "SIGTERM", code: 143 },
    { during: "address", args: ["--yes"], signal: "SIGINT", code: 130 },
  ] as const)(
    "also after $signal while the $during is deleted, and nothing more is deleted",
    async ({ during, args, signal, code }) => {
      waitBeforeDeleting(during);
      // A CLI that was cancelled can end with 0.
      writeFileSync(join(computer.folder, "cancelled"), during);
      const child = computer.start("teardown.ts", [...args], options());
      const stderr = text(child.stderr);
      const ended = new Promise((resolve) => child.once("close", resolve));
      await shown(child, "waiting");
      child.kill(signal);
      rmSync(join(computer.folder, "wait"));
      expect(await ended).toBe(code);
      expect(changes().filter((call) => call.startsWith("destroy"))).toHaveLength(
        during === "server" ? 1 : 2,
      );
      expect(addressInState()).toMatchObject({ protect: true, resourceHooks: hooks });
      expect(hetzner.isProtected).toBe(true);
      const option = args.length > 1 ? " -- --keep-address" : "";
      expect(await stderr).toContain(
        `Interrupted. Nothing more is deleted. To continue: npm run teardown${option}\n`,
      );
    },
  );
});

test.each(["stdout", "stderr"] as const)("a closed %s ends nothing", async (closed) => {
  waitBeforeDeleting("server");
  const child = computer.start("teardown.ts", ["--yes"], options());
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await shown(child, "waiting");
  child[closed].destroy();
  rmSync(join(computer.folder, "wait"));
  expect(await ended).toBe(0);
  expect(addressInState()).toBeUndefined();
});

function waitBeforeDeleting(what: "server" | "address"): void {
  writeFileSync(join(computer.folder, "wait"), what);
}

async function shown(child: ChildProcessWithoutNullStreams, what: string): Promise<void> {
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      if (chunk.includes(what)) {
        resolve();
      }
    });
  });
}

/** A stand-in for the CLI, with a state. */
const pulumi = `
const { appendFileSync, readFileSync, writeFileSync } = require("node:fs");
const { FOLDER } = process.env;
const args = process.argv.slice(2);
appendFileSync(FOLDER + "/calls", ["pulumi", ...args].join(" ") + "\\n");
const read = (name) => {
  try {
    return readFileSync(FOLDER + "/" + name, "utf8");
  } catch {
    return "";
  }
};
const state = JSON.parse(read("state.json"));
const { deployment } = state;
const [verb, noun, urn] = args;
switch (verb + " " + noun) {
  case "stack export":
    process.stdout.write(JSON.stringify(state));
    break;
  case "stack import":
    writeFileSync(FOLDER + "/state.json", readFileSync(0, "utf8"));
    break;
  case "state protect":
  case "state unprotect":
    deployment.resources.find((one) => one.urn === urn).protect = noun === "protect";
    writeFileSync(FOLDER + "/state.json", JSON.stringify(state));
    break;
  case "destroy --yes": {
    process.on("SIGINT", () => undefined);
    const kept = args.includes("--exclude-protected");
    const current = kept ? "server" : "address";
    if (read("wait") === current) process.stdout.write("waiting\\n");
    const wait = () => {
      if (read("wait") === current) return setTimeout(wait, 10);
      process.stdout.write("deleting\\n");
      process.stderr.write("deleting\\n");
      if (read("cancelled") === current) process.exit(0);
      if (deployment.resources.some((one) => one.resourceHooks)) process.exit(255);
      if (!kept && deployment.resources.some((one) => one.protect)) process.exit(254);
      if (read("fail") === current) process.exit(1);
      deployment.resources = kept ? deployment.resources.filter((one) => one.protect || /Stack$/.test(one.type)) : [];
      writeFileSync(FOLDER + "/state.json", JSON.stringify(state));
    };
    wait();
    break;
  }
  default:
    process.stdout.write(read("config.json"));
}
`;
