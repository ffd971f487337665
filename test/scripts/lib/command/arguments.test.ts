import { expect, test } from "@jest/globals";
import { splitAtCommand } from "../../../../scripts/lib/command/arguments.ts";

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
])("a command's own options stay its own: %j", (words, own, command) => {
  expect(splitAtCommand(words)).toEqual({ own, command });
});
