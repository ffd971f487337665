import ipaddr from "ipaddr.js";
import type { SettingFinding } from "../finding.ts";

/** The widest range that is accepted without an opt-in: a /8 has 16 million addresses. */
const widestPrefix = 8;

/** The address that a command line is at, as a range. */
export const ownAddress = `"$(curl -4s ifconfig.me)/32"`;

/** Ranges that are never the source of a packet from the internet (ipaddr.js's names). */
const neverOnTheInternet = new Set([
  "private",
  "loopback",
  "linkLocal",
  "carrierGradeNat",
  "multicast",
  "broadcast",
]);

/**
 * Checks who may connect over SSH. No default would be safe.
 *
 * @param allowAnywhere the opt-in to an SSH port that is open to the world
 */
export function checkAdminCidrs(cidrs: string[], allowAnywhere: boolean): SettingFinding[] {
  const setting = "adminCidrs";
  const command = `pulumi config set adminCidrs ${ownAddress}`;
  if (cidrs.length === 0) {
    const explanation =
      "It lists who may connect to the server over SSH, and has no safe default. For your current address:";
    return [{ severity: "error", setting, problem: "is missing", explanation, command }];
  }
  return cidrs.flatMap((cidr): SettingFinding[] => {
    const found = rangeProblem(cidr);
    if (found === undefined) {
      return [];
    }
    const { problem, explanation, openToTheWorld = false } = found;
    return [
      {
        severity: openToTheWorld && allowAnywhere ? "warning" : "error",
        setting,
        problem: `contains ${JSON.stringify(cidr)}, which ${problem}`,
        explanation,
        command,
      },
    ];
  });
}

interface RangeProblem {
  problem: string;
  explanation: string;
  openToTheWorld?: boolean;
}

/**
 * Checks one range in CIDR notation. A doubtful one is refused and not corrected: if the firewall let in a different
 * network than its owner meant, nobody would notice in time.
 */
function rangeProblem(cidr: string): RangeProblem | undefined {
  if (cidr.includes(":")) {
    return {
      problem: "is an IPv6 range",
      explanation: "The server has no IPv6 address. Set your public IPv4 address: curl -4 ifconfig.me",
    };
  }
  if (ipaddr.IPv4.isValidFourPartDecimal(cidr)) {
    return { problem: "has no prefix length", explanation: `For this one address, write ${cidr}/32.` };
  }
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(cidr)) {
    return {
      problem: "is not an IPv4 range",
      explanation: "A range is written like 203.0.113.7/32 (one address) or 203.0.113.0/24 (256 addresses).",
    };
  }

  const [address, prefix] = ipaddr.IPv4.parseCIDR(cidr);
  if (prefix < widestPrefix) {
    return {
      problem: "opens SSH to the world",
      explanation:
        "Set the addresses that you work from. If you really need this: pulumi config set allowSshFromAnywhere true",
      openToTheWorld: true,
    };
  }
  const network = ipaddr.IPv4.networkAddressFromCIDR(cidr).toString();
  if (address.toString() !== network) {
    return {
      problem: "doesn't start at its network's first address",
      explanation: `Write ${address.toString()}/32 for this one address, or ${network}/${prefix} for its whole network.`,
    };
  }
  if (neverOnTheInternet.has(address.range())) {
    return {
      problem: "is not an address on the internet",
      explanation: "The server sees the public address of your connection. To see it: curl -4 ifconfig.me",
    };
  }
  return undefined;
}
