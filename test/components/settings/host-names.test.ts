import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { examineHostName } from "../../../components/settings/host-names.ts";

test.each([
  "api.telegram.org",
  "data-api.binance.vision",
  "xn--bcher-kva.example",
  "API.Telegram.org",
  "a.co",
])("%s is a host's name", (host) => {
  expect(examineHostName(host)).toBeUndefined();
});

describe("what isn't is refused, with what to write", () => {
  test.each([
    ["https://api.telegram.org/bot", "is an address of a page", "Write only its host: api.telegram.org"],
    ["api.telegram.org/bot", "is an address of a page", "Write only its host: api.telegram.org"],
    ["https://10.0.0.1/", "is an address of a page", "A host is written as its name alone"],
    ["*.telegram.org", "stands for many hosts", "write each name"],
    ["198.51.100.7", "is an IP address", "Write the host's name"],
    ["198.51.100.7:443", "is an IP address", "Write the host's name"],
    ["2001:db8::1", "is an IP address", "Write the host's name"],
    ["api.telegram.org:8443", "names a port", "port 443 only"],
    ["bücher.example", "has letters that the DNS doesn't know", "Write xn--bcher-kva.example"],
    ["localhost", "is no full host name", "its name alone"],
    ["api..org", "is no full host name", "its name alone"],
    ["-api.example.org", "is no full host name", "its name alone"],
    ["api.example.org.", "is no full host name", "its name alone"],
    ["api_x.example.org", "is no full host name", "its name alone"],
    ["1.2.3", "is an IP address", "Write the host's name"],
    ["a b.org", "is no full host name", "its name alone"],
    [`${"a".repeat(64)}.org`, "is no full host name", "its name alone"],
    ["", "is no full host name", "its name alone"],
  ])("%s", (host, problem, explanation) => {
    expect(examineHostName(host)?.problem).toBe(problem);
    expect(examineHostName(host)?.explanation).toContain(explanation);
  });
});

test("every name in the DNS is accepted, and none that is put into a configuration could end its line", () => {
  fc.assert(
    fc.property(fc.domain(), (host) => {
      fc.pre(host.length <= 253);
      expect(examineHostName(host)).toBeUndefined();
    }),
  );
  fc.assert(
    fc.property(fc.string(), (host) => {
      if (examineHostName(host) === undefined) {
        expect(host).toMatch(/^[A-Za-z0-9.-]+$/);
      }
    }),
  );
});
