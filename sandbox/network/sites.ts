/** The metadata service, where servers read their own data, as at Hetzner: an address that is never routed elsewhere. */
export const metadataService = "169.254.169.254";

/**
 * The sites on the private internet that exist from the start. Machines are added when they are ordered.
 * Every other address is one of those set aside for documentation (RFC 5737), so that none can be a real one.
 */
export const sites = {
  /** The computer of the person who runs `pulumi up`. */
  operator: ["198.51.100.10"],
  /** Another computer, which firewalls must block. */
  stranger: ["198.51.100.66"],
  /** The computers of the name server and the APIs. services.ts adds their addresses. */
  services: ["192.0.2.53", metadataService],
} as const;

/** The name of a site, and of its network namespace. */
export type Site = keyof typeof sites;

/** The namespace that all links lead to: the router. */
export const internet = "internet";

/** The name server. enter-run.sh and the machines' disks name the same. */
export const nameServer = sites.services[0];

/** The router's address on every link, as at Hetzner. */
export const gateway = "172.31.1.1";
