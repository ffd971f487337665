import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { checkAdminCidrs } from "../../../../components/settings/checks/admin-cidrs.ts";

const command = `pulumi config set adminCidrs "$(curl -4s ifconfig.me)/32"`;

test.each(["8.8.8.8/32", "8.8.8.0/24", "8.0.0.0/8", "223.255.255.255/32"])("%s may reach SSH", (cidr) => {
  expect(checkAdminCidrs([cidr], false)).toEqual([]);
});

test.each(["192.0.2.0/24", "198.51.100.10/32", "203.0.113.7/32"])(
  "%s may reach SSH: examples and the sandbox use addresses that are reserved for documentation",
  (cidr) => {
    expect(checkAdminCidrs([cidr], false)).toEqual([]);
  },
);

test("nobody is refused: no default would be safe", () => {
  expect(checkAdminCidrs([], true)).toEqual([
    {
      severity: "error",
      setting: "adminCidrs",
      problem: "is missing",
      explanation:
        "It lists who may connect to the server over SSH, and has no safe default. For your current address:",
      command,
    },
  ]);
});

const malformed = "A range is written like 203.0.113.7/32 (one address) or 203.0.113.0/24 (256 addresses).";
const noAddress = "See what this prints, and set it with /32 behind it: curl -4 ifconfig.me";
const internal = "The server sees the public address of your connection. To see it: curl -4 ifconfig.me";

describe("a doubtful range is refused, and not corrected", () => {
  test.each([
    ["home", "is not an IPv4 range", malformed],
    [
      "curl: (6) Could not resolve host: ifconfig.me/32",
      "has no address, because curl could not read yours",
      noAddress,
    ],
    ["/32", "has no address, because curl could not read yours", noAddress],
    [
      "203.0.113.7/32\u200b",
      "has a space or a character other than digits, dots and a slash (U+200B)",
      "Type it, or copy it again.",
    ],
    ["203.0.113.07/32", "is not an IPv4 range", malformed],
    ["203.0.113.7/33", "is not an IPv4 range", malformed],
    ["203.0.113.7/032", "is not an IPv4 range", malformed],
    ["203.0.113.7", "has no prefix length", "For this one address, write 203.0.113.7/32."],
    [
      "203.0.113.7/24",
      "doesn't start at its network's first address",
      "Write 203.0.113.7/32 for this one address, or 203.0.113.0/24 for its whole network.",
    ],
    [
      "2001:db8::/32",
      "is an IPv6 range",
      "The server has no IPv6 address. Set your public IPv4 address: curl -4 ifconfig.me",
    ],
    ["192.168.1.5/32", "is not an address on the internet", internal],
    ["127.0.0.1/32", "is not an address on the internet", internal],
    ["169.254.1.1/32", "is not an address on the internet", internal],
    ["100.64.0.1/32", "is not an address on the internet", internal],
    ["224.0.0.1/32", "is not an address on the internet", internal],
    ["255.255.255.255/32", "is not an address on the internet", internal],
    ["0.0.0.0/32", "is not an address on the internet", internal],
    ["0.0.0.0/8", "is not an address on the internet", internal],
    ["192.0.0.8/32", "is not an address on the internet", internal],
    ["198.18.0.0/15", "is not an address on the internet", internal],
    ["192.31.196.1/32", "is not an address on the internet", internal],
    ["192.52.193.1/32", "is not an address on the internet", internal],
    ["224.0.0.0/4", "is not an address on the internet", internal],
    ["240.0.0.0/4", "is not an address on the internet", internal],
    ["248.0.0.0/5", "is not an address on the internet", internal],
  ])("%s", (cidr, problem, explanation) => {
    for (const allowAnywhere of [false, true]) {
      expect(checkAdminCidrs(["203.0.113.7/32", cidr], allowAnywhere)).toEqual([
        {
          severity: "error",
          setting: "adminCidrs",
          problem: `contains "${cidr}", which ${problem}`,
          explanation,
          command,
        },
      ]);
    }
  });
});

test.each(["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "192.0.0.0/2", "224.0.0.0/2", "8.0.0.0/7"])(
  "%s needs the opt-in",
  (cidr) => {
    const finding = {
      setting: "adminCidrs",
      problem: `contains "${cidr}", which opens SSH to the world`,
      explanation:
        "Set the addresses that you work from. If you really need this: pulumi config set allowSshFromAnywhere true",
      command,
    };
    expect(checkAdminCidrs([cidr], false)).toEqual([{ severity: "error", ...finding }]);
    expect(checkAdminCidrs([cidr], true)).toEqual([{ severity: "warning", ...finding }]);
  },
);

test("no range is accepted that has addresses which no packet from the internet comes from", () => {
  const never = fc.oneof(
    fc.constantFrom([10], [127]),
    fc.constant([192, 168]),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 })),
  );
  fc.assert(
    fc.property(
      never,
      fc.array(fc.nat(255), { minLength: 3, maxLength: 3 }),
      fc.nat(32),
      (start, rest, prefix) => {
        const address = [...start, ...rest].slice(0, 4).join(".");
        expect(checkAdminCidrs([`${address}/${prefix}`], false)).toHaveLength(1);
      },
    ),
  );
});
