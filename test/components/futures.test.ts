import { beforeAll, expect, test } from "@jest/globals";
import * as z from "zod";
import { fingerprint } from "../../binance/key-pair.ts";
import { binanceHost, demoHosts, futuresHost } from "../../binance/request.ts";
import { ssh } from "../../components/hardening-files.ts";
import { declareStack } from "./declared-stack.ts";
import { resource } from "./mocks.ts";

const keyPair = { apiKey: "k".repeat(64), apiSecret: "s".repeat(64) };
const rules = { permissions: "futures", acceptedPermissions: ["enableSomethingNew"] } as const;

beforeAll(async () => {
  const reported = fingerprint(keyPair);
  await declareStack({ keyPair, verification: "warn", rules, webhook: undefined, reported });
});

/** A file of a delivery, by its path. */
function delivered(name: string, wanted: string): string {
  const delivery = z.object({
    files: z.array(z.object({ path: z.string(), content: z.string().nullable() })),
  });
  const { files } = delivery.parse(JSON.parse(String(resource(name).inputs.stdin)));
  return files.find(({ path }) => path === wanted)?.content ?? "";
}

test("the gate and the guard get what the key is held to, the guard for this pair only", () => {
  expect(JSON.parse(String(resource("key-verification").inputs.stdin))).toMatchObject(rules);
  expect(JSON.parse(delivered("guard", "/etc/trading-bot/guard.json"))).toMatchObject({
    key: { pair: fingerprint(keyPair), ...rules, verification: "warn" },
  });
});

test("the guard, and a tunnel from the operator's computer, reach the host of futures", () => {
  expect(delivered("dns", "/etc/trading-bot-guard/hosts")).toContain(` ${futuresHost}\n`);
  expect(ssh(undefined)[0]?.content).toContain(
    `\nPermitOpen ${[binanceHost, futuresHost, ...Object.values(demoHosts)].map((host) => `${host}:443`).join(" ")}\n`,
  );
});
