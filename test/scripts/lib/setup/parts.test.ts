import { describe, expect, test } from "@jest/globals";
import { needsPassphrase } from "../../../../scripts/lib/setup/choose-stack.ts";
import { clipboardPrograms } from "../../../../scripts/lib/setup/clipboard.ts";
import { requireVersion } from "../../../../scripts/lib/setup/computer.ts";
import { lastWords } from "../../../../scripts/lib/setup/finish.ts";
import { nameFor } from "../../../../scripts/lib/setup/key.ts";
import { askOwnAddress, problemOfRanges } from "../../../../scripts/lib/setup/own-address.ts";
import { secretFrom } from "../../../../scripts/lib/setup/secret-command.ts";
import { creationSteps, notServed } from "../../../../scripts/lib/setup/texts.ts";

describe("the programs of this computer", () => {
  test.each(["v3.254.0", "v3.270.1", "4.0.0", "OpenSSH_10.0p2", "no version at all"])(
    "%s is new enough",
    (printed) => {
      expect(() => {
        requireVersion(printed, printed.startsWith("OpenSSH") ? "8.5" : "3.254.0", "It", "its page");
      }).not.toThrow();
    },
  );

  test.each(["v3.253.9", "v2.999.0", "3.99"])("%s is too old", (printed) => {
    expect(() => {
      requireVersion(printed, "3.254.0", "The Pulumi CLI", "its page");
    }).toThrow("The Pulumi CLI is too old");
  });
});

test("a passphrase is asked for only if Pulumi needs one and has none", () => {
  expect(needsPassphrase("file://~", {})).toBe(true);
  expect(needsPassphrase("s3://bucket", {})).toBe(true);
  expect(needsPassphrase("https://app.pulumi.com/jane", {})).toBe(false);
  expect(needsPassphrase("file://~", { PULUMI_CONFIG_PASSPHRASE: "" })).toBe(false);
  expect(needsPassphrase("file://~", { PULUMI_CONFIG_PASSPHRASE_FILE: "/file" })).toBe(false);
  expect(needsPassphrase("file://~", { PULUMI_CONFIG_PASSPHRASE_FILE: "" })).toBe(true);
});

test("the clipboard is that of the screen; without one, nothing is copied", () => {
  expect(clipboardPrograms("linux", {})).toEqual([]);
  expect(clipboardPrograms("darwin", {})).toEqual([["pbcopy"]]);
  const both = clipboardPrograms("linux", { WAYLAND_DISPLAY: "wayland-0", DISPLAY: ":0" });
  expect(both.map(([program]) => program)).toEqual(["wl-copy", "xclip", "xsel"]);
});

describe("who may connect", () => {
  test("an answer is checked as the setting is", () => {
    expect(problemOfRanges("203.0.113.7/32, 198.51.100.0/24")).toBeUndefined();
    expect(problemOfRanges("")).toContain("at least one range");
    expect(problemOfRanges("203.0.113.7")).toContain("write 203.0.113.7/32");
    expect(problemOfRanges("203.0.113.7/32,0.0.0.0/0")).toContain("opens SSH to the world");
  });

  test("only a service with https is asked: on the way of another one, a stranger could name their own address", async () => {
    await expect(askOwnAddress("http://ifconfig.me/ip")).rejects.toThrow(
      "--address-service must be an https address",
    );
    await expect(askOwnAddress("ifconfig.me")).rejects.toThrow("https");
  });

  test("a service that doesn't answer is reported, and nothing else", async () => {
    expect(await askOwnAddress("https://127.0.0.1:9/ip")).toMatchObject({
      ok: false,
      reason: expect.stringContaining("127.0.0.1 doesn't answer"),
    });
  });
});

describe("a password manager's command", () => {
  test("prints the secret, whose last line end doesn't count", async () => {
    expect(await secretFrom("printf 'one\\ntwo\\n'", "--secret-command")).toBe("one\ntwo");
  });

  test("is reported by its option if it fails, without what it printed", async () => {
    await expect(secretFrom("echo half a secret; exit 3", "--key-command")).rejects.toThrow(
      /^The command of --key-command ended with exit code 3\. Nothing was changed\.$/,
    );
    await expect(secretFrom("true", "--key-command")).rejects.toThrow("printed nothing");
  });
});

test("another key gets another name", () => {
  expect(nameFor("", "prod", false)).toBe("trading-bot-prod-1");
  expect(nameFor("Mine", "prod", false)).toBe("Mine");
  expect(nameFor("trading-bot-prod-1", "prod", true)).toBe("trading-bot-prod-2");
  expect(nameFor("TradingBot-Hetzner-09", "prod", true)).toBe("TradingBot-Hetzner-10");
  expect(nameFor("Mine", "prod", true)).toBe("Mine-2");
  expect(nameFor(undefined, "prod", true)).toBe("trading-bot-prod-2");
});

describe("how a key is created at Binance", () => {
  const about = {
    addresses: ["203.0.113.10"],
    isCopied: false,
    keyName: "trading-bot-prod-1",
    permissions: "spot",
    isEd25519: false,
  } as const;

  test("has the name, the address and the permissions that the checks expect", () => {
    const text = creationSteps(about);
    expect(text).toContain("https://www.binance.com/en/my/settings/api-management");
    expect(text).toContain("enter: trading-bot-prod-1");
    expect(text).toContain("add 203.0.113.10\n");
    expect(text).toContain("Reading and Spot & Margin Trading only");
    expect(text).toContain("shows the secret only once");
  });

  test("says if the address is in the clipboard, and names both addresses of a stack with two", () => {
    expect(creationSteps({ ...about, isCopied: true })).toContain("203.0.113.10 (it is in your clipboard)");
    expect(creationSteps({ ...about, addresses: ["203.0.113.10", "203.0.113.11"] })).toContain(
      "add 203.0.113.10 and 203.0.113.11\n",
    );
  });

  test("asks for the public half of a key of one's own", () => {
    expect(creationSteps({ ...about, isEd25519: true })).toContain("Self-generated");
  });

  test("isn't begun for an address that Binance doesn't serve", () => {
    expect(notServed("203.0.113.10", "HTTP 451")).toContain("it answered: HTTP 451\n");
    expect(notServed("203.0.113.10", " ")).toContain("it answered: nothing\n");
  });
});

test("the end says what to do next", () => {
  expect(lastWords("live", true)).toContain("npm run verify -- --confirm");
  expect(lastWords("paper", false)).toContain("pulumi config rm --path bot.mode, and then npm run setup");
  expect(lastWords("paper", false)).not.toContain("--confirm");
  expect(lastWords("live", true)).toContain("npm run recovery-kit > kit.txt");
  expect(lastWords("none", true)).toContain("docs/bots.md");
});
