import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { arch } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { create } from "tar";
import { exportedState, resources } from "../support/stack-state.ts";
import {
  computer,
  expectRestored,
  folder,
  hetzner,
  isOpen,
  newId,
  options,
  sells,
  useWorkingUp,
} from "./replacement.ts";

// A failover whose server doesn't answer, with backups off the server. restic is a stand-in, and the server's tool the real one.

const { stack, address, standby, activeAddress, server } = resources;
const log = join(computer.folder, "restic-calls");
const stored = join(computer.folder, "stored");
const backup: Record<string, string> = {
  "backup:repository": "s3:https://s3.example.net/bucket/prod",
  "backup:accessKey": "key-of-the-server",
  "backup:secretKey": "canary-secret-key",
  "backup:password": "canary-password-of-backups",
};
const hour = 3_600_000;
const made = (hours: number) => new Date(Date.now() - hours * hour - 60_000).toISOString();
const snapshot = (id: string, hours: number) => ({
  id: id.repeat(64),
  time: made(hours),
  hostname: "trading-bot-prod",
});
const timedOut = "ssh: connect to host 203.0.113.10 port 22: Connection timed out";

function useRestic(list: string, dump = `cat ${stored}/bot.tar`): void {
  computer.addProgram(
    "restic",
    `echo "$* [$RESTIC_REPOSITORY $AWS_ACCESS_KEY_ID]" >> ${log}
[ "$RESTIC_PASSWORD $AWS_SECRET_ACCESS_KEY" = "canary-password-of-backups canary-secret-key" ] || exit 12
case "$*" in *snapshots*) ${list} ;; *dump*) ${dump} ;; esac`,
  );
}

function lists(...snapshots: object[]): string {
  return `echo '${JSON.stringify(snapshots)}'`;
}

const calls = () => (existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n") : []);
const kept = () => (existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".gz")) : []);

function failover(args: string[], { answers = false, settings = backup } = {}) {
  const common = options();
  return computer.run("failover.ts", [...args, "--stack", "prod"], {
    ...common,
    settings: { ...common.settings, ...settings },
    ...(!answers && { routes: { server: timedOut, direct: undefined } }),
  });
}

beforeEach(async () => {
  rmSync(log, { force: true });
  rmSync(stored, { recursive: true, force: true });
  const program = join(stored, "opt/trading-bot");
  mkdirSync(join(stored, "var/lib/trading-bot"), { recursive: true });
  mkdirSync(join(program, "releases/0123456789ab"), { recursive: true });
  writeFileSync(join(stored, "var/lib/trading-bot/diary"), "one open order");
  writeFileSync(join(program, "releases/0123456789ab/bot.py"), "trades");
  symlinkSync("releases/0123456789ab", join(program, "current"));
  const machine = arch() === "x64" ? "x86_64" : "aarch64";
  const manifest = { format: 1, saved: made(5), stopped: false, machine, state: true, releases: [] };
  writeFileSync(join(stored, "manifest.json"), JSON.stringify(manifest));
  await create({ cwd: stored, file: join(stored, "bot.tar") }, ["manifest.json", "var", "opt"]);
  useRestic(lists(snapshot("a", 30), snapshot("b", 5)));
  computer.setState(exportedState([stack, activeAddress, address, standby, server]));
  const moved = { ...activeAddress, outputs: { input: "first", output: "standby" } };
  writeFileSync(
    join(computer.folder, "state-after-up.json"),
    exportedState([stack, moved, address, standby, { ...server, id: String(newId) }]),
  );
  // The server is gone.
  sells({
    hasServer: false,
    more: {
      "GET /primary_ips": {
        body: {
          primary_ips: [
            {
              id: Number(standby.id),
              name: standby.outputs.name,
              ip: standby.outputs.ipAddress,
              location: { name: "hel1" },
              protection: { delete: true },
            },
          ],
        },
      },
      "GET /firewalls": { body: { firewalls: [] } },
      "GET /ssh_keys": { body: { ssh_keys: [] } },
      [`GET /servers/${server.id}`]: { status: 404, body: { error: { code: "not_found", message: "gone" } } },
    },
  });
});

describe("npm run failover, if the server doesn't answer and backups are stored off it", () => {
  test("takes the last one, says how old it is before it asks, and names no secret", async () => {
    const { code, stdout, stderr } = await failover([]);
    expect([code, stdout]).toEqual([2, expect.stringContaining("IT IS 5 h 1 min OLD")]);
    expect(stdout).toContain("the last backup in s3:https://s3.example.net/bucket/prod, bbbbbbbb");
    expect(stderr).toContain("--yes");
    const common = "--option=s3.bucket-lookup=path --no-cache";
    expect(calls()).toEqual([
      `${common} snapshots --json --no-lock --host=trading-bot-prod --tag=trading-bot-server [${backup["backup:repository"]} key-of-the-server]`,
    ]);
    expect(kept()).toEqual([]);
    expect(`${stdout}${stderr}${calls().join()}`).not.toContain("canary");
  });

  test("goes on from it when it was interrupted, and restores it on the new server", async () => {
    computer.addPulumiVerb("up", "exit 255");
    expect(await failover(["--yes"])).toMatchObject({ code: 2 });
    expect(kept()).toEqual([expect.stringMatching(/^backup-[0-9a-f]{12}\.tar\.gz$/)]);
    expect(calls()).toEqual([
      expect.any(String),
      expect.stringContaining(`dump --no-lock ${"b".repeat(64)} /bot.tar`),
    ]);
    useWorkingUp();
    useRestic("exit 1");
    const { code, stdout, stderr } = await failover(["--yes"], { answers: true });
    expect([code, stdout, stderr]).toEqual([
      0,
      expect.stringContaining(", 5 h 1 min ago."),
      expect.any(String),
    ]);
    expectRestored();
    // The stored backup isn't asked for again.
    expect(calls()).toHaveLength(2);
  });

  test("changes nothing if the copy breaks off, and says what to do", async () => {
    useRestic(
      lists(snapshot("b", 5)),
      `head -c 700 ${stored}/bot.tar; echo 'Fatal: connection reset' >&2; exit 1`,
    );
    const { code, stderr } = await failover(["--yes"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("could not be copied. Nothing was changed.")]);
    useRestic(lists(snapshot("b", 5)), `head -c 700 ${stored}/bot.tar`);
    expect(await failover(["--yes"])).toMatchObject({ code: 2, stderr: expect.stringContaining("cut off") });
    expect([kept(), isOpen()]).toEqual([[], false]);
    // An order without content only asks what can be ordered.
    const changing = hetzner.requests.filter(({ call, body }) => !call.startsWith("GET") && body !== "{}");
    expect(changing).toEqual([]);
  });

  test.each([
    ["nothing is stored", lists(), "has stored no backup in s3:https://s3.example.net/bucket/prod"],
    ["the keys are refused", "echo 'Fatal: Access Denied.' >&2; exit 1", "The storage refuses the keys"],
    [
      "the password is another one",
      "echo 'Fatal: wrong password or no key found' >&2; exit 1",
      "backup:password",
    ],
    ["restic prints something else", "echo hello", "can't be listed"],
  ])("reports that %s, and names the other ways on", async (_, list, expected) => {
    useRestic(list);
    const { code, stderr } = await failover(["--yes"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(expected)]);
    expect(stderr).toContain("npm run failover -- --backup FILE --stack prod");
    expect(stderr).toContain("npm run failover -- --without-state --stack prod");
    expect(stderr).not.toContain("canary");
  });

  test("without a storage it names the two ways on, and --without-state asks no storage", async () => {
    const { code, stderr } = await failover(["--yes"], { settings: {} });
    expect([code, stderr]).toEqual([2, expect.stringContaining("--backup FILE")]);
    const { stdout } = await failover(["--without-state"]);
    expect(stdout).toContain("THE BOT'S STATE IS NOT COPIED");
    expect(calls()).toEqual([]);
  });
});
