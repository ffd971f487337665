import { expect, test } from "@jest/globals";
import { checkDryRun } from "../../../../../scripts/lib/program/checks/dry-run.ts";
import { folderWith, freqtrade } from "./support.ts";

const dry = folderWith({
  "config.json": '{"dry_run": true, /* a comment */}',
  "live.json": '{"dry_run": false}',
});

test("warns about a configuration that says dry run, if the bot isn't in paper mode", () => {
  expect(checkDryRun(dry, freqtrade)).toEqual([
    {
      severity: "warning",
      message: expect.stringContaining("pulumi config set --path bot.environment.FREQTRADE__DRY_RUN false"),
    },
  ]);
});

test.each(["true", "false"])("doesn't if the variable overrides it: %s", (value) => {
  expect(checkDryRun(dry, { ...freqtrade, environment: { FREQTRADE__DRY_RUN: value } })).toEqual([]);
});

test.each<[string, string[]]>([
  ["a later file overrides it", ["--config", "{program}/live.json"]],
  ["the command has it", ["--dry-run"]],
])("doesn't if %s", (_, args) => {
  expect(checkDryRun(dry, { ...freqtrade, command: [...freqtrade.command, ...args] })).toEqual([]);
});

test("a dry run that an added file says is found there", () => {
  const program = folderWith({
    "config.json": '{"add_config_files": ["parts/dry.json"]}',
    "parts/dry.json": '{"dry_run": true}',
  });
  expect(checkDryRun(program, freqtrade)).toMatchObject([
    { message: expect.stringMatching(/^parts\/dry\.json: "dry_run" is true/) },
  ]);
});

test.each<[string, Record<string, string>]>([
  ["without a configuration", {}],
  ["whose configuration can't be read", { "config.json": "{" }],
  ["that trades", { "config.json": '{"dry_run": false}' }],
])("says nothing about a bot %s", (_, files) => {
  expect(checkDryRun(folderWith(files), freqtrade)).toEqual([]);
});

test("says nothing about another bot", () => {
  expect(checkDryRun(dry, { ...freqtrade, command: ["/usr/bin/python3"] })).toEqual([]);
  expect(checkDryRun(dry, undefined)).toEqual([]);
});
