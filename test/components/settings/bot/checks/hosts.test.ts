import { describe, expect, test } from "@jest/globals";
import { checkHosts } from "../../../../../components/settings/bot/checks/hosts.ts";

test("host names, ports and names below a domain are fine", () => {
  expect(checkHosts([])).toEqual([]);
  expect(
    checkHosts(["api.telegram.org", "data-api.binance.vision", "db.example.net:5432", "*.example.net"]),
  ).toEqual([]);
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

describe("names below a domain where anybody can have a site", () => {
  test.each(["*.github.io", "*.workers.dev", "*.amazonaws.com", "*.S3.amazonaws.com"])(
    "%s is a warning",
    (entry) => {
      expect(checkHosts([entry])).toEqual([
        {
          severity: "warning",
          setting: "bot.hosts",
          problem: `contains "${entry}", below which anybody can have a site`,
          explanation:
            "A bot that was tampered with could send your data to a site of its author. List the exact names instead.",
          command: "pulumi config rm --path bot.hosts",
        },
      ]);
    },
  );

  test("an exact name of such a domain is fine", () => {
    expect(checkHosts(["somebody.github.io"])).toEqual([]);
  });
});
