import { request } from "node:http";
import { buffer } from "node:stream/consumers";

/** Requests a path from the host's proxy. */
export type Download = (path: string) => Promise<{ status: number; body: Buffer }>;

/** Requests from the proxy that listens on a Unix socket: proxy.ts. */
export function downloadThrough(socketPath: string): Download {
  return (path) =>
    new Promise((resolve, reject) => {
      request({ socketPath, path }, (response) => {
        buffer(response).then((body) => {
          resolve({ status: response.statusCode ?? 502, body });
        }, reject);
      })
        .on("error", reject)
        .end();
    });
}
