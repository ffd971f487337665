import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { until } from "../../sandbox/until.ts";
import type { BotOnServer } from "./bot.ts";
import { base64Forms, filesWith, watchingProcesses } from "./canary.ts";
import type { Server } from "./server.ts";
import { changes, type Stack } from "./stack.ts";

interface Context {
  stack: Stack;
  server: Server;
  bot: BotOnServer;
}

/** Tests of the bot's other secrets. `context` is called once the tampered bot runs. */
export function testOtherSecrets(context: () => Context): void {
  describe("another secret of the bot", () => {
    const first = `canary${randomBytes(29).toString("hex")}`;
    // Of several lines, as a private key is. `pulumi config set` removes the last line feed.
    const second = `canary${randomBytes(29).toString("hex")}\n"canary${randomBytes(29).toString("hex")}"`;
    const refused = `refused${randomBytes(29).toString("hex")}`;
    const canaries = [first, ...(second.match(/canary\w+/g) ?? []), refused];
    const forms = canaries.flatMap((canary) => [canary, ...base64Forms(canary)]);
    const digest = (value: string) => createHash("sha256").update(value).digest("hex");
    const credential = "/etc/credstore.encrypted/trading-bot-secrets";

    /** The digest of the secret that the bot has now. */
    const received = () =>
      context().bot.execute(`
import hashlib, os
print(hashlib.sha256(os.environ.get("TOKEN", "").encode()).hexdigest(), end="")`);

    test("arrives with one delivery, and no process shows it meanwhile", async () => {
      const { stack, server } = context();
      await stack.setSecretPath("bot.secrets.TOKEN", first);
      const { result, shown, looks } = await watchingProcesses(forms, () => stack.mustUp());
      expect(changes(result)).toEqual({ bot: "update" });
      expect(looks).toBeGreaterThan(1);
      // The environment of the bot itself is the one place.
      expect(shown.filter((text) => !text.includes(`\0TOKEN=${first}\0`))).toEqual([]);
      expect(await received()).toBe(digest(first));
      expect(await server.run(`stat -c %a ${credential}`)).toBe("600");
    });

    test("is given to a command of the bot's owner only if the owner wants that, and the key isn't", async () => {
      const { stack } = context();
      const look = ["sh", "-c", 'printf %s "$TOKEN" | sha256sum; echo "${KEY:-no key}"'];
      const shown = async (...options: string[]) =>
        (await stack.script("bot", [...options, ...look])).stdout.split(/ *-?\n/).slice(0, 2);
      expect(await shown()).toEqual([digest(""), "no key"]);
      expect(await shown("--with-secrets")).toEqual([digest(first), "no key"]);
    });

    test("and the key are named, and not shown, where the bot writes them into its log", async () => {
      const { server, bot } = context();
      const shown = "settings of the bot:";
      await bot.execute(
        `import os, sys
print("${shown}", os.environ["KEY"], os.environ["TOKEN"], file=sys.__stdout__, flush=True)`,
      );
      const lines = await until(async () => {
        const log = await server.run(
          `journalctl --namespace=trading-bot --quiet --output=cat --grep='^${shown}' || true`,
        );
        return log === "" ? undefined : log;
      });
      expect(lines).toBe(`${shown} [apiKey] [TOKEN]`);
    });

    test("is changed in place, and goes back if the bot doesn't run with it", async () => {
      const { stack } = context();
      await stack.setSecretPath("bot.secrets.TOKEN", second);
      // What Pulumi prints for debugging is in the transcript as well.
      expect(changes(await stack.mustUp("--debug"))).toEqual({ bot: "update" });
      expect(await received()).toBe(digest(second));

      await stack.setSecretPath("bot.secrets.TOKEN", refused);
      const { code, stdout, stderr } = await stack.up();
      expect(code).not.toBe(0);
      expect(stdout + stderr).toContain("The previous files were restored.");
      expect(await received()).toBe(digest(second));
    });

    test("is in no property of a unit, no journal, on no block of the disk, and in nothing that we printed", async () => {
      const { stack, server } = context();
      const texts = {
        properties: await server.run(
          "systemctl show '*'; systemctl show-environment; systemctl cat trading-bot",
        ),
        journal: await server.run("journalctl '--namespace=*' --output=export --all"),
        settings: await server.run("cat /etc/trading-bot/*"),
        transcript: stack.transcript,
        state: (await stack.pulumi(["stack", "export", "--stack", stack.name])).stdout,
      };
      for (const [name, text] of Object.entries(texts)) {
        expect({ name, found: forms.filter((form) => text.includes(form)) }).toEqual({ name, found: [] });
      }
      expect(await filesWith(forms, [server.written])).toEqual([]);
    });

    test("is gone, also encrypted, when its setting is removed", async () => {
      const { stack, server } = context();
      await stack.unsetPath("bot.secrets");
      expect(changes(await stack.mustUp())).toEqual({ bot: "update" });
      expect(await received()).toBe(digest(""));
      expect(
        await server.run("find /etc/credstore.encrypted /var/lib/trading-bot-server -name '*secrets*'"),
      ).toBe("");
    });
  });
}
