import { expect, test } from "@jest/globals";
import { checkHosts } from "../../../../../components/settings/bot/checks/hosts.ts";

test("host names are fine", () => {
  expect(checkHosts([])).toEqual([]);
  expect(checkHosts(["api.telegram.org", "data-api.binance.vision"])).toEqual([]);
});

test("anything else is refused", () => {
  expect(checkHosts(["api.telegram.org", "10.0.0.1"])).toEqual([
    {
      severity: "error",
      setting: "bot.hosts",
      problem: 'contains "10.0.0.1", which is an IP address',
      explanation: "Write the host's name: its certificate is for the name, and the address may change.",
      command: "pulumi config set --path bot.hosts HOST,HOST",
    },
  ]);
});
