import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { isNetwork, isPort } from "../../hetzner/firewall-rules.ts";
import { startEmulator } from "./support/emulator.ts";
import { makeFirewall, ssh22 } from "./support/things.ts";

/** An address as a number, and the length of a prefix. */
const cidr = fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }), fc.integer({ min: 0, max: 32 }));

function ipv4(number: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((number >> shift) & 255n)).join(".");
}

function networkOf(address: bigint, bits: number): bigint {
  const hostBits = BigInt(32 - bits);
  return (address >> hostBits) << hostBits;
}

describe("a rule's addresses", () => {
  test("are networks: only what has empty host bits", () => {
    fc.assert(
      fc.property(cidr, ([address, bits]) => {
        const network = networkOf(address, bits);
        expect(isNetwork(`${ipv4(network)}/${bits}`)).toBe(true);
        expect(isNetwork(`${ipv4(address)}/${bits}`)).toBe(address === network);
      }),
    );
  });

  test.each(["10.0.0.1", "10.0.0.0/33", "10.0.0/8", "10.0.0.5/8", "2001:db8::1/64", "::/129", "", "any"])(
    "are not %p",
    (text) => {
      expect(isNetwork(text)).toBe(false);
    },
  );

  test.each(["0.0.0.0/0", "::/0", "203.0.113.7/32", "2001:db8::/64", "2001:db8::8329/128"])(
    "may be %p",
    (text) => {
      expect(isNetwork(text)).toBe(true);
    },
  );
});

describe("a rule's port", () => {
  const port = fc.integer({ min: 1, max: 65535 });

  test("is a number, or a range in ascending order", () => {
    fc.assert(
      fc.property(port, port, (from, to) => {
        expect(isPort(String(from))).toBe(true);
        expect(isPort(`${from}-${to}`)).toBe(from <= to);
      }),
    );
  });

  test.each(["0", "65536", "22-", "-22", "22,23", "022", "all", "", " 22", "1-65536"])(
    "is not %p",
    (text) => {
      expect(isPort(text)).toBe(false);
    },
  );
});

describe("the API", () => {
  test.each([
    ["no addresses", { ...ssh22, source_ips: [] }],
    ["the other side's addresses", { ...ssh22, destination_ips: ["0.0.0.0/0"] }],
    ["an address with host bits", { ...ssh22, source_ips: ["10.0.0.5/8"] }],
    ["TCP without a port", { ...ssh22, port: undefined }],
    ["ICMP with a port", { ...ssh22, protocol: "icmp" }],
    ["an unknown protocol", { ...ssh22, protocol: "sctp" }],
    ["an unknown direction", { ...ssh22, direction: "sideways" }],
    ["a port that isn't one", { ...ssh22, port: "ssh" }],
    ["a long description", { ...ssh22, description: "x".repeat(256) }],
    ["too many addresses", { ...ssh22, source_ips: Array.from({ length: 101 }, () => "10.0.0.0/8") }],
  ])("refuses %s", async (_what, rule) => {
    const emulator = await startEmulator();
    const { id } = await makeFirewall(emulator);
    expect(await emulator.errorOf("POST", "/firewalls", { name: "x", rules: [rule] })).toBe(
      "422 invalid_input",
    );
    expect(await emulator.errorOf("POST", `/firewalls/${id}/actions/set_rules`, { rules: [rule] })).toBe(
      "422 invalid_input",
    );
  });

  test("accepts 50 rules and no more", async () => {
    const emulator = await startEmulator();
    const rules = (count: number) => Array.from({ length: count }, () => ssh22);
    await makeFirewall(emulator, { rules: rules(50) });
    expect(await emulator.errorOf("POST", "/firewalls", { name: "x", rules: rules(51) })).toBe(
      "422 invalid_input",
    );
  });
});
