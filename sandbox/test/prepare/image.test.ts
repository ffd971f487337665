import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "image-"));
  for (const name of ["bin", "run", "machines/image"]) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  writeFileSync(join(folder, "machines/image/packages"), "# a comment\nnftables\nchrony\n");
  // Both of these need root. What follows their options is the command.
  command("setpriv", 'shift 2; exec "$@"');
  command("unshare", 'while [ "${1#--}" != "$1" ]; do shift; done; exec "$@"');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("the image is built while the toolchain is prepared, and is then in the cache", () => {
  // Each of the two waits for the other one.
  command(
    "mmdebstrap",
    `echo "$*" >> '${folder}/log'; ${meet("image", "toolchain")}; mkdir '${folder}/run/image'`,
  );
  expect(prepare(meet("toolchain", "image"))).toEqual({ status: 0, stdout: "", stderr: building });
  expect(images()).toHaveLength(1);
  expect(existsSync(join(folder, "run/image"))).toBe(false);
  expect(readFileSync(join(folder, "log"), "utf8")).toContain("--include=nftables,chrony ");
});

test("an image that is there isn't built again", () => {
  command("mmdebstrap", `mkdir '${folder}/run/image'`);
  prepare("true");
  command("mmdebstrap", "exit 1");
  expect(prepare("true")).toEqual({ status: 0, stdout: "", stderr: "" });
});

test("another recipe makes another image", () => {
  command("mmdebstrap", `mkdir '${folder}/run/image'`);
  prepare("true");
  writeFileSync(join(folder, "machines/image/packages"), "nftables\n");
  prepare("true");
  expect(images()).toHaveLength(2);
});

test("a build that fails is reported with its output, and leaves no image", () => {
  command("mmdebstrap", `mkdir '${folder}/run/image'; echo 'E: no mirror' >&2; exit 25`);
  expect(prepare("true")).toEqual({
    status: 2,
    stdout: "",
    stderr: `${building}E: no mirror\nmmdebstrap could not build the image; the reason is above\n`,
  });
  expect(images()).toEqual([]);
});

const building = "building the machines' Debian 13 image (about a minute, once)\n";

function command(name: string, script: string): void {
  writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** A shell command that goes on when the other side has called it as well. */
function meet(self: string, other: string): string {
  return `: > '${folder}/${self}'; until [ -e '${folder}/${other}' ]; do sleep 0.02; done`;
}

/** Prepares the image as run.sh does, with a shell command as the toolchain. */
function prepare(toolchain: string) {
  const script = join(import.meta.dirname, "../../prepare/image.sh");
  const commands = [
    'say() { printf "%s\\n" "$*" >&2; }',
    'give_up() { printf "%s\\n" "$@" >&2; exit 2; }',
    `source '${script}'`,
    "machines=containers",
    "start_image",
    toolchain,
    "finish_image",
  ].join("\n");
  const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-euc", commands], {
    env: {
      PATH: `${join(folder, "bin")}:${process.env.PATH ?? ""}`,
      sandbox: folder,
      cache: join(folder, "cache"),
      run_folder: join(folder, "run"),
    },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

function images(): string[] {
  return readdirSync(join(folder, "cache/images"));
}
