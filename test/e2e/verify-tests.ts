import { beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import type { KeyPair } from "../../binance/key-pair.ts";
import { runInMachine } from "../../sandbox/machines/inspect.ts";
import { binance, spot } from "./binance.ts";
import type { Server } from "./server.ts";
import type { Stack } from "./stack.ts";

interface Context {
  stack: Stack;
  server: Server;
  address: string;
  /** Creates a key at Binance. */
  key: (label: string, whitelist: string[]) => Promise<KeyPair>;
}

/** Tests of `npm run verify`. `context` is called once there is a server. */
export function testVerify(context: () => Context): void {
  describe("npm run verify", () => {
    let live: KeyPair;
    /** The documented shape, as far as it is read here. */
    const report = z.object({
      verdict: z.string(),
      findings: z.array(z.object({ id: z.string(), verdict: z.string() }).loose()),
    });

    async function verdicts(): Promise<Record<string, string>> {
      const { stdout } = await context().stack.script("verify", ["--json"]);
      return Object.fromEntries(
        report.parse(JSON.parse(stdout)).findings.map(({ id, verdict }) => [id, verdict]),
      );
    }

    beforeAll(async () => {
      live = await context().key("TradingBot-Hetzner-03", [context().address]);
      await context().stack.setKeyPair(live);
      await context().stack.mustUp();
      await binance.editAccount({ balances: { USDT: { free: "1250.00" } } });
    });

    test("checks from both vantage points, and lets a person confirm what no endpoint shows", async () => {
      const { code, stdout } = await context().stack.script("verify", []);
      expect(code).toBe(2);
      expect(stdout).toContain("USDT");
      expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
      expect(stdout).not.toContain("\u001b");
      const seen = await verdicts();
      expect(Object.entries(seen).filter(([, verdict]) => verdict === "fail")).toEqual([]);
    });

    test("passes once a person has confirmed the rest", async () => {
      expect((await context().stack.script("verify", ["--confirm"], "yes\nyes\nyes\n")).code).toBe(0);
      expect((await context().stack.script("verify", [])).code).toBe(0);
      expect(Object.values(await verdicts()).every((verdict) => verdict === "pass")).toBe(true);
    });

    test("uses one SSH connection for all requests through the server, and one to read which pair is live", async () => {
      const logins = await context().server.logins();
      await context().stack.script("verify", ["--timings"]);
      expect(await context().server.logins()).toBe(logins + 2);
    });

    test("fails if the restrictions were changed at Binance later", async () => {
      await binance.editKey(live.apiKey, { permissions: [...spot, "withdrawals"] });
      const { code, stdout } = await context().stack.script("verify", []);
      expect(code).toBe(1);
      expect(stdout.toLowerCase()).toContain("withdrawals");
      await binance.editKey(live.apiKey, { permissions: spot, whitelist: [] });
      expect((await context().stack.script("verify", [])).code).toBe(1);
      await binance.editKey(live.apiKey, { whitelist: [context().address] });
      expect((await context().stack.script("verify", [])).code).toBe(0);
    });

    // test/checklist/diagnosis/ has every diagnosis; these three are of what the emulated exchange does by itself.
    test.each<[string, () => Promise<void>, number, string[]]>([
      [
        "a whitelist without the server's address",
        async () => {
          await binance.editKey(live.apiKey, { whitelist: ["198.51.100.66"] });
        },
        1,
        ["-2015", "whitelist"],
      ],
      ["a ban", () => binance.changeAccess(context().address, { kind: "ban", seconds: 90 }), 2, ["418"]],
      [
        "a connection that is reset",
        () => binance.inject({ times: 50, effect: { kind: "reset" } }),
        2,
        ["was closed"],
      ],
    ])("diagnoses %s", async (_, arrange, expected, messages) => {
      await arrange();
      const { code, stdout, stderr } = await context().stack.script("verify", ["--verbose"]);
      for (const message of messages) {
        expect(stdout.replaceAll(/\s+/g, " ")).toContain(message);
      }
      expect(stderr).not.toContain("    at ");
      expect(code).toBe(expected);
      await binance.editKey(live.apiKey, { whitelist: [context().address] });
    });

    test("says that it could not check, if the server is down", async () => {
      await runInMachine(context().server.id, ["systemctl", "stop", "ssh.socket", "ssh"]);
      expect((await context().stack.script("verify", [])).code).toBe(2);
      await runInMachine(context().server.id, ["systemctl", "start", "ssh"]);
    });
  });
}
