import { expect, test } from "@jest/globals";
import { attempt, run } from "../../command.ts";
import { at } from "../../network/at.ts";

test("only the names of the services exist", async () => {
  expect((await attempt(["getent", "hosts", "api.hetzner.cloud"])).stdout).toMatch(/^192\.0\.2\.10\s/);
  expect((await attempt(["getent", "hosts", "example.com"])).code).not.toBe(0);
});

test("the APIs are trusted by plain curl and by Node", async () => {
  const status = ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}"];
  expect(await run(["curl", ...status, "https://api.hetzner.cloud/v1/servers"])).toBe("401");
  const script = 'console.log((await fetch("https://api.hetzner.cloud/v1/servers")).status)';
  expect(await run(["node", "--input-type=module", "--eval", script])).toBe("401\n");
});

test("Binance's API also has its other names", async () => {
  for (const name of [
    "api1.binance.com",
    "api-gcp.binance.com",
    "data-api.binance.vision",
    "demo-api.binance.com",
  ]) {
    expect(await run(["curl", "--silent", `https://${name}/api/v3/ping`])).toBe("{}");
  }
  const status = ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}"];
  for (const site of ["stream.binance.com:9443", "ws-api.binance.com", "data.binance.vision"]) {
    expect(await run(["curl", ...status, `https://${site}/api/v3/ping`])).toBe("404");
  }
});

test("there is no way out, from anywhere", async () => {
  const links = await run(["ip", "-netns", "internet", "-brief", "link", "show"]);
  const names = links.split("\n").map((line) => line.split(/[@\s]/)[0]);
  expect(names).toEqual(expect.arrayContaining(["lo", "operator", "stranger", "services"]));
  expect(names.filter((name) => name !== undefined && /^(e|w)/.test(name))).toEqual([]);
  expect(await run(["ip", "-netns", "internet", "route", "show", "default"])).toBe("");
});

test("IPv6 is off by default", async () => {
  for (const site of ["operator", "stranger", "services"] as const) {
    expect((await at(site, ["ip", "-6", "address"])).stdout).toBe("");
  }
});

test("the operator and the stranger have their own addresses", async () => {
  const source = async (site: "operator" | "stranger") =>
    (await at(site, ["ip", "-json", "route", "get", "192.0.2.10"])).stdout;
  expect(await source("operator")).toContain('"prefsrc":"198.51.100.10"');
  expect(await source("stranger")).toContain('"prefsrc":"198.51.100.66"');
});
