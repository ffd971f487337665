import { createHmac } from "node:crypto";

/** A key of the emulated account, with its secret. */
export interface Key {
  apiKey: string;
  apiSecret: string | null;
}

/** What a request is sent with. */
export interface Sent {
  url: string;
  method: string;
  headers: Record<string, string>;
}

/** A request that is signed like a bot's. */
export function signed(
  { apiKey, apiSecret }: Key,
  {
    address,
    method,
    path,
    query,
    time,
  }: Record<"address" | "method" | "path" | "query", string> & { time: number },
): Sent {
  const payload = `${query}&timestamp=${time}`;
  const signature = createHmac("sha256", apiSecret ?? "")
    .update(payload)
    .digest("hex");
  return {
    url: `${address}${path}?${payload}&signature=${signature}`,
    method,
    headers: { "x-mbx-apikey": apiKey },
  };
}
