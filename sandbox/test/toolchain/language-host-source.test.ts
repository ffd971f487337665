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
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

const script = join(import.meta.dirname, "../../toolchain/offline/language-nodejs/source.sh");

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "language-host-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Makes a folder like that of Pulumi's SDK. */
function makeSdk(main: string): void {
  const host = join(folder, "sdk/nodejs/cmd/pulumi-language-nodejs");
  mkdirSync(host, { recursive: true });
  for (const [name, text] of Object.entries({
    "main.go": main,
    "main_test.go": "package main // a test\n",
    "proxy.go": "package main // the proxy\n",
    "proxy_unix.go": "package main // pipes\n",
  })) {
    writeFileSync(join(host, name), text);
  }
}

function copySource() {
  return spawnSync("sh", [script, join(folder, "sdk"), join(folder, "copy")], { encoding: "utf8" });
}

describe("the language host's source", () => {
  test("is copied with one change: the program calls the engine itself", () => {
    const line = (address: string) =>
      `package main\n\tif err := host.constructEnv(req, ${address}, pipes); err != nil {\n`;
    makeSdk(line('fmt.Sprintf("127.0.0.1:%d", handle.Port)'));
    expect(copySource()).toMatchObject({ status: 0, stderr: "" });
    const read = (name: string) => readFileSync(join(folder, "copy", name), "utf8");
    expect(read("main.go")).toBe(line("req.GetMonitorAddress()"));
    expect(read("proxy.go")).toBe("package main // the proxy\n");
    expect(readdirSync(join(folder, "copy")).toSorted()).toEqual(["main.go", "proxy.go", "proxy_unix.go"]);
  });

  test("of another version, without the expected line, is refused by name", () => {
    makeSdk("package main\n");
    const { status, stderr } = copySource();
    expect(status).toBe(1);
    expect(stderr).toContain(
      `main.go doesn't have the expected text: fmt.Sprintf("127.0.0.1:%d", handle.Port)`,
    );
    expect(existsSync(join(folder, "copy"))).toBe(false);
  });
});
