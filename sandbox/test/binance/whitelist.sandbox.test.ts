import { createHmac } from "node:crypto";
import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import * as z from "zod";
import { BinanceControl } from "../../binance/control.ts";
import { attempt, run } from "../../command.ts";
import { at } from "../../network/at.ts";
import { type Site, sites } from "../../network/sites.ts";
import { foldersOfThisRun } from "../../run-folders.ts";

const binance = new BinanceControl(join(foldersOfThisRun().dir, "binance.sock"));
const pair = z.object({ apiKey: z.string(), apiSecret: z.string() });

afterEach(async () => {
  for (const { apiKey } of await binance.keys()) {
    await binance.deleteKey(apiKey);
  }
});

test("api.binance.com resolves, and is trusted by plain curl and by Node", async () => {
  expect((await attempt(["getent", "hosts", "api.binance.com"])).stdout).toMatch(/^192\.0\.2\.20\s/);
  expect(await run(["curl", "--silent", "https://api.binance.com/api/v3/ping"])).toBe("{}");
  const script = 'console.log((await fetch("https://api.binance.com/api/v3/time")).status)';
  expect(await run(["node", "--input-type=module", "--eval", script])).toBe("200\n");
});

test("a key works from the whitelist's address only, whatever the headers claim", async () => {
  const [operator] = sites.operator;
  const [stranger] = sites.stranger;
  const created = await run(["binance-person", "create", "bot", "--ip", operator, "--json"]);
  const key = pair.parse(JSON.parse(created));

  expect(await restrictions("operator", key)).toMatchObject({ ipRestrict: true, enableReading: true });
  const refused = { code: -2015, msg: expect.stringContaining(`request ip: ${stranger}`) };
  expect(await restrictions("stranger", key)).toMatchObject(refused);
  const claim = `X-Forwarded-For: ${operator}`;
  expect(await restrictions("stranger", key, claim)).toMatchObject(refused);

  await run(["binance-person", "edit", "bot", "--ip", stranger]);
  const { requests } = await binance.during(async () => {
    expect(await restrictions("operator", key)).toMatchObject({ code: -2015 });
    expect(await restrictions("stranger", key)).toMatchObject({ ipRestrict: true });
  });
  expect(requests.map(({ source, status }) => [source, status])).toEqual([
    [operator, 401],
    [stranger, 200],
  ]);
});

/** Requests a key's restrictions from a site, like curl. */
async function restrictions(
  site: Site,
  key: z.infer<typeof pair>,
  header = "X-Nothing: 1",
): Promise<unknown> {
  const query = `timestamp=${Date.now()}`;
  const signature = createHmac("sha256", key.apiSecret).update(query).digest("hex");
  const url = `https://api.binance.com/sapi/v1/account/apiRestrictions?${query}&signature=${signature}`;
  const { code, stdout, stderr } = await at(site, [
    ...(["curl", "--silent", "--show-error"] as const),
    ...["--header", `X-MBX-APIKEY: ${key.apiKey}`, "--header", header, url],
  ]);
  if (code !== 0) {
    throw new Error(stderr);
  }
  const answer: unknown = JSON.parse(stdout);
  return answer;
}
