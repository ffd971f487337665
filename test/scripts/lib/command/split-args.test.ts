import { expect, test } from "@jest/globals";
import { commonOptions } from "../../../../scripts/lib/command/options.ts";
import { splitArgs } from "../../../../scripts/lib/command/split-args.ts";

test.each([
  [["df", "-h"], [], ["df", "-h"]],
  [
    ["--stack", "prod", "sudo", "tar", "-C", "/"],
    ["--stack", "prod"],
    ["sudo", "tar", "-C", "/"],
  ],
  [["--stack=prod", "ls", "--stack", "x"], ["--stack=prod"], ["ls", "--stack", "x"]],
  [["--", "-odd"], [], ["-odd"]],
  [["--help"], ["--help"], []],
  [["--stack"], ["--stack"], []],
  [[], [], []],
])("%j is split into our options and the other program's command line", (args, own, other) => {
  expect(splitArgs(args, commonOptions)).toEqual({ own, other });
});
