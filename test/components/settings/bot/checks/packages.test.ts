import { describe, expect, test } from "@jest/globals";
import { checkPackages } from "../../../../../components/settings/bot/checks/packages.ts";

test("names of Debian packages are fine", () => {
  expect(checkPackages([])).toEqual([]);
  expect(
    checkPackages([
      "libgomp1",
      "g++",
      "libstdc++6",
      "python3.13-dev",
      "redis-server",
      "atop",
      "bind9-dnsutils",
    ]),
  ).toEqual([]);
});

describe("what can't be a name", () => {
  test.each(["Libgomp1", "libgomp1=14", "libgomp1/sid", "./x.deb", "-o", "a b", "a", "", "ü1"])(
    "%j",
    (name) => {
      expect(checkPackages(["libgomp1", name])).toEqual([
        {
          severity: "error",
          setting: "bot.packages",
          problem: `contains ${JSON.stringify(name)}, which can't be the name of a Debian package`,
          explanation: expect.stringContaining("small letters"),
          command: "pulumi config set --path bot.packages NAME,NAME",
        },
      ]);
    },
  );
});

describe("what would change the server's protection", () => {
  test.each<[string, string]>([
    ["openssh-server", "log in"],
    ["sudo", "as root"],
    ["cron", "as root"],
    ["at", "as root"],
    ["docker.io", "container"],
    ["podman", "container"],
    ["ufw", "firewall"],
    ["iptables-persistent", "firewall"],
    ["systemd-resolved", "boots"],
    ["linux-image-amd64", "boots"],
    ["dnsmasq", "network"],
    ["wireguard-tools", "network"],
    ["systemd-timesyncd", "boots"],
    ["ntpsec", "clock"],
    ["unattended-upgrades", "its own"],
  ])("%s", (name, reason) => {
    expect(checkPackages([name])).toMatchObject([
      {
        severity: "error",
        problem: expect.stringContaining("isn't for a bot"),
        explanation: expect.stringContaining(reason),
      },
    ]);
  });
});
