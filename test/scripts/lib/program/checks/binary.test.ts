import { describe, expect, test } from "@jest/globals";
import { checkBinary } from "../../../../../scripts/lib/program/checks/binary.ts";
import { checkRuntime } from "../../../../../scripts/lib/program/checks/runtime.ts";
import { folderWith, freqtrade } from "./support.ts";

const bot = { ...freqtrade, command: ["{program}/bin/bot", "--fast"] };

/** The head of a program for a processor. */
function elf(machine: number): Buffer {
  const head = Buffer.alloc(64);
  head.write("\x7fELF\x02", "latin1");
  head.writeUInt16LE(machine, 18);
  return head;
}

/** PyInstaller's archive with entries of these kinds, as its bootloader finds it at the end of the file. */
function pyInstaller(...kinds: string[]): Buffer {
  const entries = kinds.map((kind) => {
    const entry = Buffer.alloc(32);
    entry.writeUInt32BE(32, 0);
    entry.write(kind, 17, "latin1");
    return entry;
  });
  const contents = Buffer.concat(entries);
  const cookie = Buffer.alloc(88);
  cookie.write("MEI\x0c\x0b\x0a\x0b\x0e", "latin1");
  cookie.writeUInt32BE(contents.length + cookie.length, 8);
  cookie.writeUInt32BE(0, 12);
  cookie.writeUInt32BE(contents.length, 16);
  return Buffer.concat([contents, cookie]);
}

function check(content: Buffer, machine = "x86_64") {
  return checkBinary(folderWith({ "bin/bot": content }), bot, machine);
}

const x86 = elf(0x3e);

test.each<[string, Buffer, string]>([
  ["PyInstaller", Buffer.concat([x86, pyInstaller("s", "b", "z"), Buffer.from("after")]), "--onedir"],
  ["Nuitka", Buffer.concat([x86, Buffer.from("NUITKA_ONEFILE_PARENT")]), "--mode=standalone"],
  [
    "AppImage",
    Buffer.concat([x86.subarray(0, 8), Buffer.from("AI\x02"), x86.subarray(11)]),
    "--appimage-extract",
  ],
])("a single file made by %s unpacks itself", (name, content, remedy) => {
  expect(check(content)).toEqual([
    {
      severity: "error",
      message: expect.stringContaining(`bin/bot is a single file made by ${name}`),
      remedy: expect.stringContaining(remedy),
      ...(name !== "AppImage" && { settings: { executableTmp: true } }),
    },
  ]);
});

test("a program for another processor", () => {
  expect(check(elf(0xb7))).toMatchObject([
    {
      severity: "error",
      message: "bin/bot is built for the processor type aarch64, and the server has x86_64.",
    },
  ]);
  expect(check(elf(0xb7), "aarch64")).toEqual([]);
});

test.each([
  ["macOS", "cffaedfe0c000001"],
  ["macOS", "cafebabe00000002"],
  ["Windows", "4d5a9000"],
])("a program for %s, which starts with %s", (system, start) => {
  expect(check(Buffer.from(start, "hex"))).toMatchObject([
    {
      severity: "error",
      message: `bin/bot is built for ${system}, and the server has Linux (x86_64).`,
    },
  ]);
});

describe("nothing is wrong with", () => {
  test.each<[string, Buffer]>([
    ["a plain program", x86],
    ["PyInstaller's program with a folder", Buffer.concat([x86, pyInstaller("m", "s", "s", "z")])],
    ["a damaged archive", Buffer.concat([x86, pyInstaller("\0").fill(0, 0, 32)])],
    ["a cut archive", Buffer.concat([x86, pyInstaller("b").subarray(0, 60)])],
    ["a script", Buffer.from("#!/bin/sh\n")],
    ["an empty file", Buffer.alloc(0)],
  ])("%s", (_, content) => {
    expect(check(content)).toEqual([]);
  });

  test("a program that isn't in the folder, or no bot", () => {
    expect(checkBinary(folderWith({}), bot, "x86_64")).toEqual([]);
    expect(checkBinary(folderWith({}), undefined, "x86_64")).toEqual([]);
  });
});

test.each(["/usr/bin/node", "{program}/jre/bin/java", "{program}/bun", "/usr/bin/pypy3.11"])(
  "%s needs the profile jit",
  (command) => {
    const runtime = { ...bot, command: [command, "bot"] };
    expect(checkRuntime(runtime)).toMatchObject([{ severity: "error", settings: { profile: "jit" } }]);
    expect(checkRuntime({ ...runtime, profile: "jit" })).toEqual([]);
  },
);

test("other commands need no other profile", () => {
  expect(checkRuntime({ ...bot, command: ["{program}/nodes"] })).toEqual([]);
  expect(checkRuntime(undefined)).toEqual([]);
});
