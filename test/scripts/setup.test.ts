import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Answers, HetznerStandIn, refusal, token } from "../hetzner/support.ts";
import { outputs } from "../support/fixtures.ts";
import { OperatorComputer } from "./operator-computer.ts";

let hetzner: HetznerStandIn;
let computer: OperatorComputer;

beforeAll(async () => {
  hetzner = await HetznerStandIn.start();
});

beforeEach(() => {
  computer = new OperatorComputer(outputs);
  computer.addProgram("ssh", "echo OpenSSH_9.9p1 >&2");
  const program = join(computer.folder, "bin/pulumi");
  writeFileSync(program, `#!${process.execPath}\n${pulumi}`);
  chmodSync(program, 0o755);
});

afterEach(() => {
  computer.remove();
});

afterAll(() => {
  hetzner.stop();
});

/** A file of the stand-in for Pulumi; undefined if it has none. */
function read(name: string): string | undefined {
  try {
    return readFileSync(join(computer.folder, name), "utf8");
  } catch {
    return undefined;
  }
}

function write(name: string, content: string): void {
  writeFileSync(join(computer.folder, name), content);
}

const price = (net: string) => ({ location: "fsn1", price_monthly: { net, gross: net } });
const serverType = {
  id: 114,
  name: "cx23",
  description: "CX23",
  cores: 2,
  memory: 4,
  disk: 40,
  architecture: "x86",
  cpu_type: "shared",
  deprecation: null,
  prices: [price("5.49")],
  locations: [{ id: 1, name: "fsn1", deprecation: null, recommended: true, available: true }],
};
/** What can be ordered. */
const answers: Answers = {
  "POST /servers": refusal(422, "invalid_input"),
  "GET /server_types": { body: { server_types: [serverType] } },
  "GET /pricing": {
    body: {
      pricing: {
        currency: "EUR",
        vat_rate: "19.00",
        primary_ips: [{ type: "ipv4", prices: [price("0.50")] }],
      },
    },
  },
  "GET /images": { body: { images: [{ id: 1, name: "debian-13", architecture: "x86", deprecation: null }] } },
  "GET /servers": { body: { servers: [] } },
  "GET /primary_ips": { body: { primary_ips: [] } },
  "GET /volumes": { body: { volumes: [] } },
};

function options(more: Record<string, string> = {}) {
  const { port } = new URL(hetzner.endpoint);
  return {
    environment: {
      HCLOUD_ENDPOINT: hetzner.endpoint,
      REDIRECT_PORTS: JSON.stringify({ "127.0.0.1": Number(port) }),
      PULUMI_CONFIG_PASSPHRASE: "a passphrase of the canary",
      ...more,
    },
  };
}

/** Runs it where there is no terminal. */
async function setup(...args: string[]) {
  const result = await computer.run("setup.ts", args, options());
  expect(result.stdout + result.stderr + computer.calls.join("\n")).not.toContain(token);
  return result;
}

const tokenCommand = ["--token-command", "cat token-file"];
/** Nobody answers there. */
const nobody = ["--address-service", "https://127.0.0.1:9/ip"];

describe("without a terminal", () => {
  test("each missing answer is named by its option, and what was answered is saved", async () => {
    hetzner.answer(answers);
    write("token-file", token);
    const first = await setup();
    expect(first).toMatchObject({ code: 2, stderr: expect.stringContaining("--token-command COMMAND") });
    expect(read("stacks.json")).toBe('["prod"]');

    const second = await setup(...tokenCommand, ...nobody);
    expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining("--admin-cidrs RANGES") });
    expect(JSON.parse(read("settings.json") ?? "")).toEqual({
      "hcloud:token": { value: token, secret: true },
    });

    const third = await setup("--admin-cidrs", "203.0.113.7/32", ...nobody);
    expect(third).toMatchObject({ code: 2, stderr: expect.stringContaining("--bot example | ") });

    const fourth = await setup("--bot", "example", ...nobody);
    expect(fourth).toMatchObject({ code: 2, stderr: expect.stringContaining("--yes for the first one") });
    expect(read("up")).toBeUndefined();

    const fifth = await setup("--yes", ...nobody);
    expect(fifth.stdout).toContain("To be ordered: cx23 in fsn1: 5.99 € a month with the address");
    expect(fifth).toMatchObject({ code: 1, stderr: expect.stringContaining("go on with: npm run setup") });
    expect(read("up")).toBe("up --yes");
    expect(JSON.parse(read("settings.json") ?? "")).toMatchObject({
      adminCidrs: { value: "203.0.113.7/32" },
      serverType: { value: "cx23" },
      location: { value: "fsn1" },
    });
  });

  test("this computer's address is never used unless a person has confirmed it, not even with --yes", async () => {
    hetzner.answer(answers);
    write("token-file", token);
    const { code, stderr } = await setup("--yes", ...tokenCommand, ...nobody);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--admin-cidrs RANGES")]);
  });

  test("commands in messages are for the stack that --stack names", async () => {
    hetzner.answer(answers);
    write("token-file", token);
    const { stderr } = await setup(
      ...["--stack", "second", "--admin-cidrs", "203.0.113.7/32", "--yes"],
      ...tokenCommand,
      ...nobody,
    );
    expect(stderr).toContain("npm run setup -- --stack second");
    expect(read("stacks.json")).toBe('["second"]');
  });
});

describe("Hetzner's token", () => {
  test("that may only read is refused, and not saved", async () => {
    hetzner.answer({ "POST /servers": refusal(403, "token_readonly") });
    write("token-file", token);
    const { code, stderr } = await setup(...tokenCommand);
    expect([code, stderr]).toEqual([2, expect.stringContaining("The API token may only read.")]);
    expect(read("settings.json")).toBeUndefined();
  });

  test("of the wrong form is refused without asking Hetzner", async () => {
    const before = hetzner.requests.length;
    write("token-file", "short");
    const { stderr } = await setup(...tokenCommand);
    expect(stderr).toContain("It has 5 characters, but a token has 64.");
    expect(hetzner.requests).toHaveLength(before);
  });
});

describe("before anything is asked", () => {
  test("an old Pulumi CLI is reported", async () => {
    write("version", "v3.100.0");
    const { code, stderr } = await setup();
    expect([code, stderr]).toEqual([2, expect.stringContaining("The Pulumi CLI is too old: 3.100.0.")]);
  });

  test("an SSH agent that doesn't run any more is reported", async () => {
    const { code, stderr } = await computer.run("setup.ts", [], options({ SSH_AUTH_SOCK: "/nowhere/agent" }));
    expect([code, stderr]).toEqual([2, expect.stringContaining("no SSH agent listens there")]);
  });

  test("a stack must be chosen if there are several, and none is selected", async () => {
    write("stacks.json", '["one","two"]');
    const { code, stderr } = await setup();
    expect([code, stderr]).toEqual([2, expect.stringContaining("npm run setup -- --stack NAME")]);
  });
});

describe("in a terminal", () => {
  const passphrase = "five words of a canary";

  test("a passphrase that differs, or is too short, is asked for again; secrets aren't shown", async () => {
    hetzner.answer(answers);
    const { environment } = options();
    const withoutPassphrase = Object.fromEntries(
      Object.entries(environment).filter(([name]) => name !== "PULUMI_CONFIG_PASSPHRASE"),
    );
    const { code, screen } = await computer.runInTerminal("setup.ts", ["--bot", "later", ...nobody], {
      environment: withoutPassphrase,
      answers: [
        ["A passphrase for the stack's secrets", "short\r"],
        ["Take at least 12 characters", `${passphrase}\r`],
        ["The same passphrase again", "another one\r"],
        ["It differs.", `${passphrase}\r`],
        ["Hetzner's API token", `${token}\r`],
        ["Who may connect", "203.0.113.7\r"],
        ["write 203.0.113.7/32", "/32\r"],
        ["Which server?", "\x03"],
      ],
    });
    expect(code).toBe(130);
    expect(screen).toContain("To go on: npm run setup");
    expect(screen).toContain("read -rs PULUMI_CONFIG_PASSPHRASE");
    expect(screen).not.toContain(token);
    expect(screen).not.toContain(passphrase);
    expect(computer.calls.join("\n")).not.toContain(token);
    expect(JSON.parse(read("settings.json") ?? "")).toEqual({
      "hcloud:token": { value: token, secret: true },
      adminCidrs: { value: "203.0.113.7/32", secret: false },
    });
    expect(read("up")).toBeUndefined();
  });
});

const pulumi = `
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require("node:fs");
const { FOLDER } = process.env;
const args = process.argv.slice(2);
appendFileSync(FOLDER + "/calls", ["pulumi", ...args].join(" ") + "\\n");
const file = (name) => FOLDER + "/" + name;
const read = (name, otherwise) => (existsSync(file(name)) ? readFileSync(file(name), "utf8") : otherwise);
const stacks = JSON.parse(read("stacks.json", "[]"));
const config = JSON.parse(read("settings.json", "{}"));
const save = () => writeFileSync(file("settings.json"), JSON.stringify(config));
const [verb, what] = args;
if (verb === "version") process.stdout.write(read("version", "v3.270.0"));
else if (verb === "whoami") process.stdout.write('{"user":"jane","url":"file://~"}');
else if (verb === "up") {
  writeFileSync(file("up"), args.filter((arg) => !arg.includes("stack") && !stacks.includes(arg)).join(" "));
  process.exit(1);
} else if (what === "ls") process.stdout.write(JSON.stringify(stacks.map((name) => ({ name }))));
else if (what === "init") writeFileSync(file("stacks.json"), JSON.stringify([...stacks, args[2]]));
else if (what === "--show-name") {
  if (stacks.length !== 1) process.exit(1);
  process.stdout.write(stacks[0] + "\\n");
} else if (what === "export") process.stdout.write('{"deployment":{"resources":[]}}');
else if (what === "set-all") {
  args.forEach((arg, index) => {
    if (args[index - 1] === "--plaintext") {
      const at = arg.indexOf("=");
      const [name, ...rest] = arg.slice(0, at).split(".");
      config[name] = { value: rest.length > 0 ? JSON.stringify({ command: "/bot" }) : arg.slice(at + 1), secret: false };
    }
  });
  save();
} else if (what === "set") {
  config[args[3]] = { value: readFileSync(0, "utf8"), secret: true };
  save();
} else process.stdout.write(JSON.stringify(config));
`;
