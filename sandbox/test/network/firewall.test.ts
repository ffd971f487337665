import { expect, test } from "@jest/globals";
import type { FirewallRule } from "../../hetzner/data-centre.ts";
import { firewallRuleset, withoutFirewall } from "../../network/firewall.ts";

const ssh: FirewallRule = { direction: "in", protocol: "tcp", port: "22", addresses: ["198.51.100.10/32"] };

function ruleset(rules: FirewallRule[] | undefined): string {
  return firewallRuleset({ link: "m-1", address: "203.0.113.5", rules });
}

test("a machine without a firewall is open, but can't use another address", () => {
  expect(ruleset(undefined)).toBe(`table ip m-1
delete table ip m-1
table ip m-1 {
  chain spoofed {
    type filter hook prerouting priority raw; policy accept;
    iifname "m-1" ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp sport 68 udp dport 67 accept
    iifname "m-1" ip saddr != 203.0.113.5 counter drop
  }
}
`);
});

test("a firewall without rules closes inbound traffic and leaves outbound traffic open", () => {
  expect(ruleset([])).toContain(`
  chain inbound_rules {
    ct state established,related accept
    counter drop
  }`);
  expect(ruleset([])).not.toContain("outbound");
});

test("an inbound rule opens its port for its sources", () => {
  expect(ruleset([ssh])).toContain(
    "    ip saddr 198.51.100.10/32 meta l4proto tcp tcp dport 22 accept\n    counter drop",
  );
});

test("the first outbound rule closes all other outbound traffic", () => {
  const https: FirewallRule = { direction: "out", protocol: "tcp", port: "443", addresses: ["0.0.0.0/0"] };
  expect(ruleset([https])).toContain(`
    iifname "m-1" jump outbound_rules
  }
  chain outbound_rules {
    ct state established,related accept
    ip daddr 169.254.169.254 tcp dport 80 accept
    meta l4proto tcp tcp dport 443 accept
    counter drop
  }`);
});

test.each([
  { rule: { protocol: "tcp", port: "80-85" }, statement: "meta l4proto tcp tcp dport 80-85 accept" },
  { rule: { protocol: "udp", port: "any" }, statement: "meta l4proto udp accept" },
  { rule: { protocol: "icmp" }, statement: "meta l4proto icmp accept" },
  { rule: { protocol: "gre" }, statement: "meta l4proto gre accept" },
] as const)("$rule.protocol $rule.port becomes: $statement", ({ rule, statement }) => {
  expect(ruleset([{ ...rule, direction: "in", addresses: ["0.0.0.0/0"] }])).toContain(`    ${statement}\n`);
});

test("every address of a rule has its own statement, because addresses may overlap", () => {
  const rules = ruleset([{ ...ssh, addresses: ["10.0.0.0/8", "10.1.0.0/16"] }]);
  expect(rules).toContain("ip saddr 10.0.0.0/8 meta");
  expect(rules).toContain("ip saddr 10.1.0.0/16 meta");
});

test("IPv6 addresses open nothing, and an outbound rule with only those closes all other traffic", () => {
  const rules = ruleset([{ direction: "out", protocol: "tcp", port: "443", addresses: ["::/0"] }]);
  expect(rules).toContain(`
  chain outbound_rules {
    ct state established,related accept
    ip daddr 169.254.169.254 tcp dport 80 accept
    counter drop`);
});

test.each(["anywhere", "203.0.113.0/33", "203.0.113.0/24/1", "203.0.113.1; flush ruleset", ""])(
  "refuses the address %j",
  (address) => {
    expect(() => ruleset([{ ...ssh, addresses: [address] }])).toThrow(`"${address}"`);
  },
);

test.each(["ssh", "22 accept; drop", "1-2-3", ""])("refuses the port %j", (port) => {
  expect(() => ruleset([{ ...ssh, port }])).toThrow(`"${port}"`);
});

test("removing a firewall works even if there is none", () => {
  expect(withoutFirewall("m-1")).toBe("table ip m-1\ndelete table ip m-1\n");
});
