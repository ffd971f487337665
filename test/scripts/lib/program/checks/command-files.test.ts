import { expect, test } from "@jest/globals";
import { checkCommandFiles } from "../../../../../scripts/lib/program/checks/command-files.ts";
import { folderWith, freqtrade } from "./support.ts";

const files = { "bot.py": "", "requirements.txt": "", "bin/bot": "", "config.json": "" };

function check(command: string[], uploaded: Record<string, string> = files) {
  return checkCommandFiles(folderWith(uploaded), { ...freqtrade, command });
}

test.each<[string, string[]]>([
  ["a script", ["/usr/bin/python3", "{program}/main.py"]],
  ["the program itself", ["{program}/bin/other", "--fast"]],
  ["a configuration", ["{program}/.venv/bin/freqtrade", "trade", "--config", "{program}/other.json"]],
])("%s that isn't uploaded is an error", (_, command) => {
  expect(check(command)).toMatchObject([
    { severity: "error", message: expect.stringContaining("isn't among the files that are uploaded") },
  ]);
});

test("a folder that isn't uploaded is a warning", () => {
  expect(check(["{program}/bin/bot", "{program}/strategies"])).toMatchObject([{ severity: "warning" }]);
});

test(".venv needs requirements.txt", () => {
  const command = ["{program}/.venv/bin/python", "{program}/bot.py"];
  expect(check(command)).toEqual([]);
  expect(check(command, { "bot.py": "" })).toMatchObject([
    { severity: "error", message: expect.stringContaining("there is no requirements.txt") },
  ]);
});

test("other paths aren't looked for", () => {
  expect(check(["/usr/bin/python3", "{program}/bot.py", "{state}/x.json", "{keyFile}"])).toEqual([]);
  expect(checkCommandFiles(folderWith({}), undefined)).toEqual([]);
});
