import { hasServer, type LookedAt } from "./all-stacks.ts";

/** The status of a stack for programs. Times are ISO 8601 in UTC, sizes are bytes; null is unknown. */
export function statusJson({ name, status, notices }: LookedAt): object {
  if (!hasServer(status)) {
    return { stack: name, notices };
  }
  const { ipAddress, order, ownVersion, atHetzner, fromServer } = status;
  const { name: serverName, location, cost, version } = order;
  const found = atHetzner.ok ? atHetzner.value : undefined;
  return {
    stack: name,
    notices,
    ipAddress,
    server: {
      name: serverName ?? null,
      location: found?.location.name ?? location ?? null,
      type: found?.server_type.name ?? null,
      /** "running", "off" …; "gone" if Hetzner has no such server. */
      status: atHetzner.ok ? (found?.status ?? "gone") : null,
      cost: cost ?? null,
      version: version ?? null,
    },
    ownVersion,
    ...(fromServer.ok
      ? { caller: fromServer.value.caller ?? null, ...fromServer.value.status }
      : {
          at: null,
          bot: null,
          guard: null,
          key: null,
          state: null,
          backup: null,
          disk: null,
          memory: null,
          updates: null,
        }),
  };
}
