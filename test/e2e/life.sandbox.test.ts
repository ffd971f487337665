import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { fingerprint, serialize } from "../../binance/key-pair.ts";
import { at } from "../../sandbox/network/at.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { canaryPair, filesWith, formsOf, watchingProcesses } from "./canary.ts";
import { hetzner, onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import { changes, Stack } from "./stack.ts";
import { statusOf } from "./status.ts";

// One server's life, in order: every test starts where the previous one ended.

const first = canaryPair();
const second = { ...first, apiSecret: canaryPair().apiSecret };

const { dir: sandboxFolder, home } = foldersOfThisRun();

let stack: Stack;
let server: Server;
let address: string;

beforeAll(async () => {
  stack = await Stack.ready("life");
});

afterAll(async () => {
  await stack.remove();
  expect(await hetzner.servers()).toEqual([]);
  expect(await hetzner.primaryIps()).toEqual([]);
});

describe("before there is a key", () => {
  test("a preview looks at what can be ordered, shows the price, and makes nothing", async () => {
    const { result, requests } = await hetzner.during(() => stack.preview());
    expect(result.code).toBe(0);
    expect(result.stdout).toContain(
      "To be ordered at Hetzner: a cx23 in fsn1 (2 vCPU, 4 GB memory, 40 GB disk, x86)",
    );
    expect(result.stdout).toContain("5.99 € a month (server 5.49 €, address 0.50 €)");
    expect(requests.filter(({ method, status }) => method !== "GET" && status !== 422)).toEqual([]);
    expect(await hetzner.primaryIps()).toEqual([]);
  });

  test("the first `pulumi up` makes the server, and prints the address to whitelist and what to do next", async () => {
    const { stdout } = await stack.mustUp();
    address = await stack.output("ipToWhitelist");
    expect(address).toMatch(/^203\.0\.113\.\d+$/);
    expect(stdout).toContain(`Restrict access to the address ${address}`);
    expect(stdout).toContain("pulumi config set --secret binance:apiSecret");
    expect(await stack.output("serverName")).toBe("trading-bot-life");
    expect(await stack.output("serverLocation")).toBe("fsn1");
    expect(await stack.output("liveKeyPair")).toBe("none");
  });

  test("there is one server, and it has that address", async () => {
    const listed = await onlyServer();
    expect(listed).toMatchObject({ name: "trading-bot-life", status: "running", ipv4: address });
    server = new Server(listed.id);
    expect(await server.run("hostname")).toBe("trading-bot-life");
    expect(await server.run("systemctl is-system-running --wait")).toBe("running");
  });

  test("a second `pulumi up` changes nothing, sends no request to Hetzner, and opens no SSH connection", async () => {
    const logins = await server.logins();
    const { result, requests } = await hetzner.during(() => stack.mustUp());
    expect(changes(result)).toEqual({});
    expect(requests).toEqual([]);
    expect(await server.logins()).toBe(logins);
  });

  test("`pulumi up --refresh` reads each of the four resources at Hetzner once", async () => {
    const { result, requests } = await hetzner.during(() => stack.mustUp("--refresh", "--skip-preview"));
    expect(changes(result)).toEqual({});
    expect(requests.map(({ method, path }) => `${method} ${path.replace(/\d+/, "ID")}`).sort()).toEqual([
      "GET /firewalls/ID",
      "GET /primary_ips/ID",
      "GET /servers/ID",
      "GET /ssh_keys/ID",
    ]);
  });
});

/** Reads the server's host key. */
const scan = () => ["ssh-keyscan", "-T", "3", "-t", "ed25519", address] as const;

describe("who can connect", () => {
  test("the operator reaches sshd, and sees the host key that was made before the server", async () => {
    const { stdout } = await at("operator", scan());
    expect(stdout.trim()).toBe(`${address} ${await stack.output("hostKey")}`);
  });

  test("a stranger can't connect", async () => {
    expect((await at("stranger", scan())).stdout).toBe("");
  });

  test("a changed range changes the firewall, in place, and nothing else", async () => {
    await stack.set("adminCidrs", "198.51.100.10/32,198.51.100.66/32");
    expect(changes(await stack.mustUp())).toEqual({ firewall: "update" });
    expect((await at("stranger", scan())).stdout).toContain("ssh-ed25519");
    await stack.set("adminCidrs", "198.51.100.10/32");
    await stack.mustUp();
    expect((await at("stranger", scan())).stdout).toBe("");
  });

  test("a person's own key works with the printed command, until it is removed from the settings", async () => {
    await at("operator", ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", `${home}/.ssh/id_ed25519`]);
    const { stdout: publicKey } = await at("operator", ["cat", `${home}/.ssh/id_ed25519.pub`]);
    await stack.set("sshKeys", publicKey.trim());
    expect(changes(await stack.mustUp())).toEqual({ "authorized-keys": "update" });
    const login = `${await stack.output("ssh")} -o BatchMode=yes whoami`;
    expect(await at("operator", ["bash", "-c", login])).toMatchObject({ code: 0, stdout: "admin\n" });

    await stack.unset("sshKeys");
    await stack.mustUp();
    expect(await at("operator", ["bash", "-c", login])).toMatchObject({ code: 255 });
  });

  test("root can't log in, and there is no login by password", async () => {
    expect(
      await server.run("sshd -T | grep -E '^(permitrootlogin|passwordauthentication|kbdinteractive)' | sort"),
    ).toBe("kbdinteractiveauthentication no\npasswordauthentication no\npermitrootlogin no");
  });
});

describe("the key pair", () => {
  test("is installed with what the guard holds it to, without a request to Hetzner, and shows in no process list", async () => {
    await stack.setKeyPair(first);
    const { result, shown, looks } = await watchingProcesses(formsOf(first), () =>
      hetzner.during(() => stack.mustUp()),
    );
    expect(changes(result.result)).toEqual({ guard: "update", "key-pair": "update" });
    expect(result.requests).toEqual([]);
    expect(shown).toEqual([]);
    expect(looks).toBeGreaterThan(10);
    expect(await stack.output("liveKeyPair")).toBe(fingerprint(first));
  });

  test("is on the server encrypted, and only root can read it", async () => {
    expect(await server.run("stat -c '%a %U %G' /etc/credstore.encrypted/binance")).toBe("600 root root");
    expect(await server.run("stat -c '%a %U' /etc/credstore.encrypted")).toBe("700 root");
  });

  test("is read by a unit that has LoadCredentialEncrypted= and nothing else", async () => {
    expect(await server.pairInUnit()).toEqual(first);
  });

  test("isn't sent again by another `pulumi up`", async () => {
    const logins = await server.logins();
    const { result, requests } = await hetzner.during(() => stack.mustUp());
    expect(changes(result)).toEqual({});
    expect(requests).toEqual([]);
    expect(await server.logins()).toBe(logins);
  });

  test("is rotated by changing the secret alone: in place, with one connection for the pair and one for the guard", async () => {
    await stack.setSecret("binance:apiSecret", second.apiSecret);
    const logins = await server.logins();
    const { result, requests } = await hetzner.during(() => stack.mustUp());
    expect(changes(result)).toEqual({ guard: "update", "key-pair": "update" });
    expect(requests).toEqual([]);
    expect(await server.logins()).toBe(logins + 2);
    expect(await server.pairInUnit()).toEqual(second);
    expect(await stack.output("liveKeyPair")).toBe(fingerprint(second));
  });

  test("can be rolled back to the previous one, and to the newer one again", async () => {
    expect(await server.run("binance-credential roll-back")).toBe(fingerprint(first));
    expect(await server.pairInUnit()).toEqual(first);
    expect(await server.run("binance-credential roll-back")).toBe(fingerprint(second));
  });

  test("stays as it is if the connection breaks while a new one is sent", async () => {
    const install = (input: string) => server.run("binance-credential install", input);
    await expect(install(serialize(first).slice(0, -20))).rejects.toThrow("incomplete");
    await expect(install(serialize(first))).rejects.toThrow("incomplete");
    await expect(install("")).rejects.toThrow("incomplete");
    await expect(install("nonsense\n")).rejects.toThrow("isn't a key pair");
    expect(await server.pairInUnit()).toEqual(second);
    expect(await server.run("ls -A /etc/credstore.encrypted")).toBe("binance\nbinance.previous");
  });
});

describe("changes that must not cost a server or an address", () => {
  test("a changed location is refused with the reason, and nothing changes", async () => {
    await stack.set("location", "hel1");
    const { result, requests } = await hetzner.during(() => stack.up());
    expect(result.code).not.toBe(0);
    expect(result.stdout).toContain(`the address ${address} is in fsn1, and an address can't move`);
    expect(changes(result)).toEqual({});
    expect(requests.filter(({ method, status }) => method !== "GET" && status !== 422)).toEqual([]);
    await stack.unset("location");
    expect(changes(await stack.mustUp())).toEqual({});
  });

  test("an edited file of server/rootfs/ is installed in place, and nothing else changes", async () => {
    const restore = await stack.appendToFile("server/rootfs/usr/local/sbin/binance-credential", "# edited\n");
    expect(changes(await stack.mustUp())).toEqual({ "credential-tool": "update" });
    expect(await server.run("tail -n 1 /usr/local/sbin/binance-credential")).toBe("# edited");
    await restore();
    expect(changes(await stack.mustUp())).toEqual({ "credential-tool": "update" });
  });

  test("an edited file that cloud-init wrote changes in place, and nothing is replaced", async () => {
    const restore = await stack.appendToFile(
      "server/rootfs/etc/ssh/sshd_config.d/10-trading-bot-server.conf",
      "# edited\n",
    );
    expect(changes(await stack.mustUp())).toEqual({ "ssh-and-firewall": "update" });
    await restore();
    await stack.mustUp();
  });
});

describe("a replaced server", () => {
  test("has the same address and the same host key, and gets the key pair again", async () => {
    const hostKey = await stack.output("hostKey");
    const result = await stack.mustUp("--replace", await stack.output("serverUrn"));
    expect(changes(result)).toMatchObject({ server: "replace", "key-pair": "replace" });
    expect(changes(result)).not.toHaveProperty("address");
    expect(await stack.output("ipToWhitelist")).toBe(address);
    expect(await stack.output("hostKey")).toBe(hostKey);

    const replaced = await onlyServer();
    expect(replaced).toMatchObject({ ipv4: address, status: "running" });
    expect(replaced.id).not.toBe(server.id);
    server = new Server(replaced.id);
    expect(await server.pairInUnit()).toEqual(second);
  });
});

describe("a canary as the key pair", () => {
  const forms = [...formsOf(first), ...formsOf(second)];

  test("is found nowhere: not in state, logs or terminal, and not on the server's disk", async () => {
    const rotated = { ...second, apiSecret: canaryPair().apiSecret };
    await stack.setKeyPair(rotated);
    // At 9, the highest level, Pulumi shows every value that it handles, as its documentation warns.
    await stack.mustUp("--logtostderr", "--verbose=8", "--logflow");
    forms.push(...formsOf(rotated));

    expect(forms.filter((form) => stack.transcript.includes(form))).toEqual([]);
    expect(await filesWith(forms, [sandboxFolder, server.written])).toEqual([]);
  });

  test("is found nowhere in the server's journal or memory file systems", async () => {
    const journal = await server.run("journalctl '--namespace=*' --output=export --all");
    expect(journal.length).toBeGreaterThan(1000);
    expect(forms.filter((form) => journal.includes(form))).toEqual([]);
    expect(await server.run("journalctl -t binance-credential -o cat | tail -n 1")).toMatch(
      /^activated [0-9a-f]{12}$/,
    );
  });

  test("would have been found: the search finds a planted one", async () => {
    const planted = await server.plant(`{"apiSecret":"${first.apiSecret}"}`);
    const coded = await server.plant(Buffer.from(JSON.stringify(first)).toString("base64"));
    expect(await filesWith(formsOf(first), [server.written])).toEqual(
      expect.arrayContaining([planted, coded]),
    );
  });
});

describe("the end", () => {
  test("removing both values from the settings removes the pair from the server", async () => {
    await stack.unset("binance:apiKey");
    await stack.unset("binance:apiSecret");
    expect(changes(await stack.mustUp())).toEqual({ guard: "update", "key-pair": "update" });
    expect(await server.run("ls -A /etc/credstore.encrypted")).toBe("");
    expect(await stack.output("liveKeyPair")).toBe("none");
  });

  test("`pulumi destroy` deletes nothing, and names the command that does", async () => {
    const { stdout, code } = await stack.destroy();
    expect(code).not.toBe(0);
    expect(stdout).toContain(
      "The address is protected at Hetzner. To delete everything, run: npm run teardown",
    );
    await onlyServer();
    expect(await hetzner.primaryIps()).toMatchObject([{ ip: address, isProtected: true }]);
  });

  test("`npm run teardown -- --keep-address` deletes the server and keeps the address for the next one", async () => {
    expect((await stack.script("teardown", ["--keep-address", "--yes"])).code).toBe(0);
    expect(await hetzner.servers()).toEqual([]);
    expect(await statusOf(stack)).toMatchObject({
      code: 1,
      notices: [{ kind: "problem", text: expect.stringContaining("The stack has no server any more") }],
    });
    await stack.mustUp();
    expect(await stack.output("ipToWhitelist")).toBe(address);
  });
});
