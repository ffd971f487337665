import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { hostNameProblem } from "../../../checklist/hosts/host-names.ts";

test.each([
  "api.telegram.org",
  "data-api.binance.vision",
  "xn--bcher-kva.example",
  "API.Telegram.org",
  "a.co",
])("%s is a host's name", (host) => {
  expect(hostNameProblem(host)).toBeUndefined();
});

const nameAlone = "Write the host's name alone, such as api.telegram.org.";
const certificate = "Write the host's name: its certificate is for the name, and the address may change.";

describe("anything else is refused, with what to write", () => {
  test.each([
    ["https://api.telegram.org/bot", "is the address of a page", "Write only its host: api.telegram.org"],
    ["api.telegram.org/bot", "is the address of a page", "Write only its host: api.telegram.org"],
    ["https://10.0.0.1/", "is the address of a page", nameAlone],
    [
      "*.telegram.org",
      "stands for many hosts",
      "Only a leading *. can stand for other names, as in *.example.net.",
    ],
    ["198.51.100.7", "is an IP address", certificate],
    ["198.51.100.7:443", "is an IP address", certificate],
    ["2001:db8::1", "is an IP address", certificate],
    ["user@10.0.0.1", "is the address of a page", nameAlone],
    [
      "api.telegram.org:https",
      "has a colon without a port",
      "A port is a number after the name, as in db.example.net:5432.",
    ],
    ["bücher.example", "has letters that the DNS doesn't know", "Write xn--bcher-kva.example"],
    ["例子。测试", "has letters that the DNS doesn't know", "Write xn--fsqu00a.xn--0zwm56d"],
    ["localhost", "is not a full host name", nameAlone],
    ["api..org", "is not a full host name", nameAlone],
    ["-api.example.org", "is not a full host name", nameAlone],
    ["api.example.org.", "is not a full host name", nameAlone],
    ["api_x.example.org", "is not a full host name", nameAlone],
    ["1.2.3", "is an IP address", certificate],
    ["a b.org", "is not a full host name", nameAlone],
    [`${"a".repeat(64)}.org`, "is not a full host name", nameAlone],
    ["bü cher.example", "is not a full host name", nameAlone],
    ["", "is not a full host name", nameAlone],
  ])("%s", (host, problem, explanation) => {
    expect(hostNameProblem(host)).toEqual({ problem, explanation });
  });
});

test("every name in the DNS is accepted", () => {
  fc.assert(
    fc.property(fc.domain(), (host) => {
      fc.pre(host.length <= 253);
      expect(hostNameProblem(host)).toBeUndefined();
    }),
  );
});

test("no name is accepted that could end its line in a configuration, or that is longer than the DNS allows", () => {
  const intruder = fc.constantFrom(
    "\n",
    "\r",
    "\0",
    " ",
    ";",
    "#",
    '"',
    "'",
    "{",
    "}",
    "/",
    "\\",
    ",",
    "%",
    "_",
    "é",
  );
  fc.assert(
    fc.property(
      fc.domain(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      intruder,
      (host, where, character) => {
        const position = Math.round(where * host.length);
        expect(hostNameProblem(host.slice(0, position) + character + host.slice(position))).toBeDefined();
      },
    ),
  );
  const longest = "a.".repeat(126);
  expect(hostNameProblem(`${longest}a`)).toBeUndefined();
  expect(hostNameProblem(`${longest}aa`)).toBeDefined();
});
