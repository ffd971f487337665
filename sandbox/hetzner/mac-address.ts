/** The hardware address of a server's public interface. Those of Hetzner's servers also begin with 96:00. */
export function macAddress(serverId: number): string {
  const bytes = Buffer.from([0x96, 0, 0, 0, 0, 0]);
  bytes.writeUInt32BE(serverId % 2 ** 32, 2);
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}
