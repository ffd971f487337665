import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { hostText } from "../../../checklist/hosts/allowed-host.ts";
import { readHost } from "../../../checklist/hosts/read-host.ts";

test.each([
  ["api.telegram.org", { name: "api.telegram.org", ports: [443], wildcard: false }],
  ["API.Telegram.org", { name: "api.telegram.org", ports: [443], wildcard: false }],
  ["api.telegram.org:443", { name: "api.telegram.org", ports: [443], wildcard: false }],
  ["db.example.net:5432", { name: "db.example.net", ports: [5432], wildcard: false }],
  ["*.example.net", { name: "example.net", ports: [443], wildcard: true }],
  ["*.github.io", { name: "github.io", ports: [443], wildcard: true }],
])("%s is read", (text, host) => {
  expect(readHost(text)).toEqual(host);
});

describe("is refused, with the reason:", () => {
  test.each([
    ["*.com", "is not a full host name"],
    ["*.co.uk", "stands for all domains of a registry"],
    ["*.example.net:5432", "has a *. and a port"],
    ["example.net:0", "has a port that doesn't exist"],
    ["example.net:65536", "has a port that doesn't exist"],
    ["example.net:22", "has the port 22, which can't be opened for a bot"],
    ["example.net:53", "has the port 53, which can't be opened for a bot"],
    ["example.net:", "has a colon without a port"],
    ["*", "stands for many hosts"],
    ["api.*.org", "stands for many hosts"],
    ["*.*.org", "stands for many hosts"],
    ["198.51.100.7:5432", "is an IP address"],
  ])("%s", (text, problem) => {
    expect(readHost(text)).toMatchObject({ problem });
  });
});

test("every name, with or without a port, is read back from what it is written as", () => {
  const port = fc.integer({ min: 1, max: 65_535 }).filter((number) => number !== 22 && number !== 53);
  fc.assert(
    fc.property(fc.domain(), fc.option(port), (name, number) => {
      const text = `${name}${number === null || number === 443 ? "" : `:${number}`}`;
      const host = readHost(text);
      expect("problem" in host ? host.problem : hostText(host)).toBe(text);
    }),
  );
});

test("no text makes a host that isn't a plain name", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" })), (text) => {
      const host = readHost(text);
      expect("problem" in host || /^[a-z0-9.-]+$/.test(host.name)).toBe(true);
    }),
  );
});
