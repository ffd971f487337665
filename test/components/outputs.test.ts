import { execFileSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import { installedBot, nextSteps, sshCommand } from "../../components/outputs.ts";
import { deployedBot } from "../../scripts/lib/stack/deployed-bot.ts";
import { resolved } from "./settings/bot/support.ts";

describe("the command to log in", () => {
  const command = sshCommand("203.0.113.10", "ssh-ed25519 AAAAhost", ["ssh-ed25519 AAAAperson"]);

  test("pins one host key and no other, as a shell and OpenSSH read it", () => {
    const understood = execFileSync("sh", ["-c", command.replace(/^ssh /, "ssh -G ")], { encoding: "utf8" });
    expect(understood).toContain("knownhostscommand /usr/bin/env echo 203.0.113.10 ssh-ed25519 AAAAhost\n");
    expect(understood).toContain("stricthostkeychecking true\n");
    expect(understood).toContain("user admin\n");
  });

  test("is `npm run ssh` if no person has a key on the server", () => {
    expect(sshCommand("203.0.113.10", "ssh-ed25519 AAAAhost", [])).toBe("npm run ssh");
  });
});

describe("what to do next", () => {
  test("without a key: create one for this address, and the commands that set it", () => {
    const steps = nextSteps("203.0.113.10", "none", "none");
    expect(steps[0]).toMatch(/Binance serves 203\.0\.113\.10: .*api\/v3\/ping/);
    expect(steps[2]).toContain("Restrict access to the address 203.0.113.10");
    expect(steps).toContain("pulumi config set --secret binance:apiKey");
    expect(steps).toContain("pulumi config set --secret binance:apiSecret");
    expect(steps.at(-1)).toBe("pulumi up");
    expect(steps.join("\n")).toContain("npm run make-key");
  });

  test("without a key, `pulumi up` shows each step as a whole: it cuts off what is longer than 150 characters", () => {
    const steps = nextSteps("203.113.113.113", "none", "none");
    expect(steps.filter((step) => step.length > 150)).toEqual([]);
  });

  test("without a key for a bot that trades futures: with its permissions", () => {
    const steps = nextSteps("203.0.113.10", "none", "none", { permissions: "futures" }).join("\n");
    expect(steps).toContain("Permissions: Reading and Futures only.");
    expect(steps).not.toContain("Spot");
  });

  test("with a standby address: both are whitelisted, from the first key on", () => {
    const standbyIp = "203.0.113.20";
    const without = nextSteps("203.0.113.10", "none", "none", { standbyIp }).join("\n");
    expect(without).toContain(
      "Restrict access to the addresses 203.0.113.10 and 203.0.113.20, the standby address",
    );
    const live = nextSteps("203.0.113.10", "0123456789ab", "live", { standbyIp }).join("\n");
    expect(live).toContain("203.0.113.10 and the standby address 203.0.113.20, and no other");
    expect(live).toContain("npm run verify -- --confirm");
  });

  test("with a key that was made on the server: how it is changed, and that a new server needs a new one", () => {
    const made = { isMade: true };
    const steps = nextSteps("203.0.113.10", "0123456789ab", "none", made);
    expect(steps[0]).toContain("Its private key was made there and ends with that server");
    expect(steps[0]).toContain("npm run make-key");
    const lost = nextSteps("203.0.113.10", "none", "none", made);
    expect(lost).toEqual([expect.stringContaining("No key is on this server.")]);
    expect(lost[0]).toContain("npm run make-key");
  });

  test("with a key: which one is live, and how to check it", () => {
    const steps = nextSteps("203.0.113.10", "0123456789ab", "none").join("\n");
    expect(steps).toContain("0123456789ab");
    expect(steps).toContain("npm run verify");
    expect(steps).toContain("docs/bot-settings.md");
  });

  test("in paper mode: how to trade with real money, and where the live orders are", () => {
    const steps = nextSteps("203.0.113.10", "none", "paper");
    expect(steps[0]).toContain("paper mode");
    expect(steps).toContain("pulumi config set --secret binance:apiKey");
    expect(steps.join("\n")).toContain("the guard has nothing to check");
    expect(steps.at(-1)).toContain("pulumi config rm --path bot.mode");
    expect(nextSteps("203.0.113.10", "0123456789ab", "paper").join("\n")).toContain(
      "npm run stop lists them",
    );
  });

  test("with a key and a bot: install the bot's program, and start a bot that was stopped", () => {
    const steps = nextSteps("203.0.113.10", "0123456789ab", "live").join("\n");
    expect(steps).toContain("npm run install-bot");
    expect(steps).toContain("If you have stopped the bot, it is still off. To start it: npm run start");
  });
});

test("the bot is an output in the form that install-bot reads, with its hosts as the setting has them", () => {
  const hosts = [
    { name: "example.net", ports: [443], wildcard: true },
    { name: "db.example.net", ports: [5432], wildcard: false },
  ];
  expect(deployedBot.parse(installedBot({ ...resolved, hosts }))).toEqual({
    command: resolved.command,
    environment: resolved.environment,
    profile: resolved.profile,
    executableTmp: false,
    packages: [],
    hosts: ["*.example.net", "db.example.net:5432"],
  });
});

test("without a bot, that output is empty and not undefined, about which Pulumi would warn", () => {
  expect(installedBot(undefined)).toBe("");
  expect(installedBot({ ...resolved, command: [] })).toBe("");
});
