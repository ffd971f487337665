import { createServer, type Server } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { outputs } from "../support/fixtures.ts";
import { exportedState, resources } from "../support/stack-state.ts";
import { OperatorComputer } from "./operator-computer.ts";

const { stack, address, server } = resources;
const name = "trading-bot-prod";
const location = { name: "fsn1" };
const prices = [{ location: "fsn1", price_monthly: { net: "5.4900" } }];

/** Hetzner, as far as a recovery reads it: its lists, by their names in the API. */
let lists: Record<string, { id: number; name: string; [key: string]: unknown }[]>;
let api: Server;
let computer: OperatorComputer;

beforeAll(async () => {
  api = createServer(({ url = "" }, response) => {
    const path = url.split("?")[0]?.slice(1) ?? "";
    const [list = "", id] = path.split("/");
    const one = lists[list]?.find((item) => String(item.id) === id);
    response.setHeader("content-type", "application/json");
    if (path === "pricing") {
      const addresses = [{ type: "ipv4", prices: [{ location: "fsn1", price_monthly: { net: "0.5000" } }] }];
      response.end(JSON.stringify({ pricing: { currency: "EUR", primary_ips: addresses } }));
    } else if (id === undefined) {
      response.end(JSON.stringify({ [list]: lists[list] ?? [] }));
    } else {
      response.statusCode = one === undefined ? 404 : 200;
      response.end(JSON.stringify(one === undefined ? {} : { [list.replace(/s$/, "")]: one }));
    }
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
});

beforeEach(() => {
  lists = {
    servers: [{ id: 1000001, name, location, server_type: { name: "cx23", prices } }],
    primary_ips: [{ id: 20000001, name, ip: "203.0.113.10", type: "ipv4", location }],
  };
  computer = new OperatorComputer(outputs);
  computer.addPulumiVerb(
    "stack",
    `case "$2" in
      --show-name) echo prod ;;
      ls) echo '[{"name":"prod"}]' ;;
      import) cat > "$FOLDER/imported.json" ;;
      *) cat "$FOLDER/state.json" ;;
    esac`,
  );
  computer.addPulumiVerb("refresh", "true");
});

afterEach(() => {
  computer.remove();
});

afterAll(() => {
  api.close();
});

function recover(...args: string[]) {
  return recoverThrough(undefined, ...args);
}

/** @param ssh what ssh prints when it fails */
function recoverThrough(ssh: string | undefined, ...args: string[]) {
  const { port } = z.object({ port: z.number() }).parse(api.address());
  return computer.run("recover.ts", args, {
    settings: { "hcloud:token": "the-token-of-the-canary" },
    ...(ssh !== undefined && { routes: { server: ssh, direct: undefined } }),
    environment: {
      HCLOUD_ENDPOINT: `http://127.0.0.1:${port}`,
      REDIRECT_PORTS: JSON.stringify({ "127.0.0.1": port }),
    },
  });
}

/** What was changed: everything else only reads. */
function changes(): string[] {
  return computer.calls.filter((call) => /^pulumi (stack import|import|state|up|destroy)/.test(call));
}

test("a state that knows everything is left as it is", async () => {
  computer.setState(exportedState([stack, address, server]));
  const { code, stdout } = await recover();
  expect([code, stdout]).toEqual([0, expect.stringContaining("Nothing is to be recovered.")]);
  expect(changes()).toEqual([]);
});

describe("an interrupted order", () => {
  beforeEach(() => {
    computer.setState(exportedState([stack, address], [{ ...server, id: undefined, outputs: undefined }]));
  });

  test("is shown, and nothing is changed without a confirmation", async () => {
    const { code, stdout, stderr } = await recover();
    expect(stdout).toMatch(/^server +trading-bot-prod \(1000001\) +its order was interrupted +adds it/m);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--yes")]);
    expect(changes()).toEqual([]);
  });

  test("is refused while the stack is locked, with the command for that", async () => {
    computer.addPulumiVerb("refresh", "echo 'error: the stack is currently locked' >&2; exit 255");
    const { code, stderr } = await recover("--yes");
    expect([code, stderr]).toEqual([2, expect.stringContaining("pulumi cancel")]);
    expect(changes()).toEqual([]);
  });
});

describe("a server without its keys", () => {
  beforeEach(() => {
    lists.servers = [{ id: 1000001, name, location, public_net: { ipv4: { ip: "203.0.113.10" } } }];
    computer.setState(exportedState([]));
    computer.addServerProgram("bot-state", "true");
  });

  test("isn't erased by --yes alone, and it is shown that its state will be saved by the owner's own login", async () => {
    const { code, stdout } = await recover("--yes");
    expect([code, stdout]).toEqual([1, expect.stringContaining("npm run recover -- --rebuild-server\n")]);
    expect(stdout).toContain("your own ssh can log in as admin@203.0.113.10");
    expect(changes()).toEqual([]);
  });

  test("isn't erased either if nobody can log in, unless the loss of its state is accepted", async () => {
    computer.authorize(["ssh-ed25519 AAAA another"]);
    const { code, stdout } = await recover("--yes", "--rebuild-server");
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining("npm run recover -- --rebuild-server --without-state\n"),
    ]);
    expect(stdout).toContain("THE BOT'S STATE CAN'T BE SAVED");
    expect(changes()).toEqual([]);
  });
});

test("a server that was set up again since its owner's last login: the message says how their ssh forgets the old host key", async () => {
  lists.servers = [{ id: 1000001, name, location, public_net: { ipv4: { ip: "203.0.113.10" } } }];
  computer.setState(exportedState([]));
  const { code, stdout } = await recoverThrough("Host key verification failed.", "--yes", "--rebuild-server");
  expect(code).toBe(1);
  expect(stdout).toContain("remove that one: ssh-keygen -R 203.0.113.10. What the bot has stored");
  expect(changes()).toEqual([]);
});

test("what has the labels of another stack is refused, even under the same name", async () => {
  lists.servers = [
    { id: 7, name, labels: { "pulumi-project": "trading-bot-server", "pulumi-stack": "Prod" } },
  ];
  computer.setState(exportedState([]));
  const { code, stderr } = await recover("--yes");
  expect([code, stderr]).toEqual([2, expect.stringContaining("belongs to the stack Prod")]);
});

test("--list shows what is billed and claimed by no stack, with its price", async () => {
  computer.setState(exportedState([stack, address]));
  const { code, stdout } = await recover("--list");
  expect(code).toBe(0);
  expect(stdout).toContain("  server trading-bot-prod (1000001), cx23: 5.49 € a month\n");
  expect(stdout).not.toContain("Primary IP");
  computer.setState(exportedState([stack, address, server]));
  expect((await recover("--list")).stdout).toContain("bills nothing of this program that no stack claims");
});
