/** Where servers ask about themselves, as at Hetzner: an address that never leaves a data centre. */
export const metadataService = "169.254.169.254";

/**
 * The sites on the private internet that are there from the start; machines are added as they are ordered.
 * Every other address is one of those set aside for documentation (RFC 5737), so that none can be a real one.
 */
export const sites = {
  /** Whoever runs `pulumi up`. */
  operator: ["198.51.100.10"],
  /** Somebody else, whom firewalls must keep out. */
  stranger: ["198.51.100.66"],
  /** Whoever runs the name server and the APIs; services.ts adds their addresses. */
  services: ["192.0.2.53", metadataService],
} as const;

/** The name of a site; its network namespace has the same. */
export type Site = keyof typeof sites;

/** The namespace that all links meet in: the router. */
export const internet = "internet";

/** Where names are looked up; enter-run.sh and the machines' disks say the same. */
export const nameServer = sites.services[0];

/** The router's address at every link's other end, as at Hetzner. */
export const gateway = "172.31.1.1";
