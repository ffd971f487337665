import { execFile, execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { sweep } from "../../../../scripts/lib/ssh/abandoned.ts";
import { replyTo, startAgent } from "../../../../scripts/lib/ssh/agent.ts";
import { generateKeyPair, parsePrivateKey } from "../../../../scripts/lib/ssh/key.ts";
import { sshString } from "../../../../scripts/lib/ssh/wire.ts";

const first = generateKeyPair("first");
const second = generateKeyPair("second");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agent-test-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs one of OpenSSH's programs with the agent. */
async function withOpenSsh(program: string, args: string[], socket: string): Promise<string> {
  const env = { ...process.env, SSH_AUTH_SOCK: socket };
  const { stdout } = await promisify(execFile)(program, args, { env });
  return stdout;
}

describe("the agent", () => {
  test("shows OpenSSH its keys, in a folder that no other user can enter", async () => {
    const { socket, close } = await startAgent([first.privateKey, second.privateKey], folder);
    expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
    const listed = await withOpenSsh("ssh-add", ["-L"], socket);
    expect(
      listed
        .trim()
        .split("\n")
        .map((line) => line.trim()),
    ).toEqual([first, second].map(({ publicKey }) => publicKey.split(" ").slice(0, 2).join(" ")));
    close();
  });

  test("signs once for OpenSSH, which accepts the signature, and has ended then", async () => {
    const { socket, close } = await startAgent([first.privateKey, second.privateKey], folder);
    const publicKey = join(folder, "key.pub");
    const text = join(folder, "text");
    writeFileSync(publicKey, second.publicKey);
    writeFileSync(text, "to be signed");
    await withOpenSsh("ssh-keygen", ["-Y", "sign", "-f", publicKey, "-n", "test", text], socket);
    expect(existsSync(dirname(socket))).toBe(false);

    const signers = join(folder, "signers");
    writeFileSync(signers, `me ${second.publicKey}\n`);
    const verify = ["-Y", "verify", "-f", signers, "-I", "me", "-n", "test", "-s", `${text}.sig`];
    expect(execFileSync("ssh-keygen", verify, { input: "to be signed", encoding: "utf8" })).toContain("Good");
    close();
  });

  test("leaves no file, and can be closed twice", async () => {
    const { close } = await startAgent([first.privateKey], folder);
    close();
    close();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("disconnects a client that sends a message without end, and still serves the next one", async () => {
    const { socket, close } = await startAgent([first.privateKey], folder);
    const client = connect(socket);
    client.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    client.resume();
    await new Promise((resolve) => client.once("close", resolve));
    expect(await withOpenSsh("ssh-add", ["-L"], socket)).toContain("ssh-ed25519");
    close();
  });

  test("replies to any bytes, and signs only for its own keys", () => {
    const keys = [parsePrivateKey(first.privateKey)];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(undefined, 11, 13), (bytes, type) => {
        const request = Buffer.from(type === undefined ? bytes : [type, ...bytes]);
        expect([5, 12]).toContain(replyTo(request, keys)[0]);
      }),
    );
    const foreign = parsePrivateKey(second.privateKey).publicKey;
    expect(replyTo(Buffer.concat([Buffer.from([13]), sshString(foreign), sshString("x")]), keys)).toEqual(
      Buffer.from([5]),
    );
  });

  test("can't be started in a folder that isn't there: the message names it and what helps", async () => {
    const missing = join(folder, "missing");
    await expect(startAgent([first.privateKey], missing)).rejects.toThrow(
      /The socket for ssh can't be made in .*missing: .*ENOENT.* Set TMPDIR to a folder of yours/,
    );
  });

  test("can't be started where the path is too long for a socket", async () => {
    const long = join(folder, "x".repeat(100));
    mkdirSync(long);
    await expect(startAgent([first.privateKey], long)).rejects.toThrow("with a short path");
    expect(readdirSync(long)).toEqual([]);
  });
});

describe("a private key", () => {
  test.each([
    ["an empty text", ""],
    ["a text that was cut off", first.privateKey.slice(0, 200)],
    ["one whose end is missing", first.privateKey.replace(/\n.+\n(?=-----END)/, "\n")],
    ["another form", first.privateKey.replaceAll("OPENSSH ", "")],
  ])("%s is refused, and nothing of it is shown", (_, text) => {
    expect(() => parsePrivateKey(text)).toThrow("The stack's deploy key is damaged");
    expect(() => parsePrivateKey(text)).not.toThrow(first.privateKey.slice(100, 120));
  });

  test("of ssh-keygen is read, with any comment", () => {
    for (const comment of ["", "a", "a b c d e f g"]) {
      const file = join(folder, `key-${comment}`);
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file]);
      const { publicKey } = parsePrivateKey(execFileSync("cat", [file], { encoding: "utf8" }));
      expect(execFileSync("cat", [`${file}.pub`], { encoding: "utf8" })).toContain(
        publicKey.toString("base64"),
      );
    }
  });

  test("of ours is read by ssh-keygen, with any comment", () => {
    for (const comment of ["", "a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg"]) {
      const { privateKey, publicKey } = generateKeyPair(comment);
      const file = join(folder, `key-${comment}`);
      writeFileSync(file, privateKey, { mode: 0o600 });
      expect(execFileSync("ssh-keygen", ["-y", "-f", file], { encoding: "utf8" }).trim()).toBe(
        publicKey.trim(),
      );
    }
  });
});

describe("what killed runs have left", () => {
  /** A folder as a run makes it. */
  function abandoned(name: string, file: string, content: string): string {
    const path = join(folder, name);
    mkdirSync(path, { mode: 0o700 });
    writeFileSync(join(path, file), content);
    return path;
  }

  test("a key file of an older version is removed, and nothing else", async () => {
    const old = abandoned("trading-bot-server-abc", "deploy-key", "canary");
    const others = abandoned("another-program-abc", "deploy-key", "not ours");
    const unknown = abandoned("trading-bot-server-def", "notes", "not a key");
    await sweep([folder]);
    expect([old, others, unknown].map((path) => existsSync(path))).toEqual([false, true, true]);
  });

  test("a folder that can't be read is left alone", async () => {
    const unreadable = join(folder, "unreadable");
    mkdirSync(unreadable);
    chmodSync(unreadable, 0o000);
    await expect(sweep([unreadable, join(folder, "missing")])).resolves.toBeUndefined();
  });
});
