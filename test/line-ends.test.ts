import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";

test("a checkout on Windows has the line ends that shells and systemd can read", () => {
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" });
  const files = git("ls-files", "-z")
    .split("\0")
    .filter((file) => /\.(sh|py|service|timer|conf|ts)$/.test(file));
  expect(files.length).toBeGreaterThan(100);
  const attributes = execFileSync("git", ["check-attr", "--stdin", "-z", "eol"], {
    encoding: "utf8",
    input: files.join("\0"),
  });
  const values = attributes.split("\0").filter((_, index) => index % 3 === 2);
  expect(new Set(values)).toEqual(new Set(["lf"]));
});
