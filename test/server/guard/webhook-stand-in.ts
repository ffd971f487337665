import { createServer, type Server } from "node:https";
import { text } from "node:stream/consumers";
import * as z from "zod";
import type { Certificate } from "../../support/certificate.ts";

/** A message as it arrived. */
export interface Message {
  path: string;
  contentType: string;
  body: string;
}

/** A service that accepts messages, or answers with another status. */
export class WebhookStandIn {
  readonly taken: Message[] = [];
  status = 200;
  readonly #server: Server;

  private constructor(certificate: Certificate) {
    this.#server = createServer(certificate, (request, response) => {
      void text(request).then((body) => {
        const contentType = request.headers["content-type"] ?? "";
        this.taken.push({ path: request.url ?? "", contentType, body });
        response.writeHead(this.status, this.status === 302 ? { location: "https://api.binance.com/" } : {});
        response.end("a reply that nobody reads");
      });
    });
    this.#server.on("tlsClientError", () => undefined);
  }

  static async start(certificate: Certificate): Promise<WebhookStandIn> {
    const standIn = new WebhookStandIn(certificate);
    await new Promise<void>((resolve) => {
      standIn.#server.listen(0, "127.0.0.1", resolve);
    });
    return standIn;
  }

  get port(): number {
    return z.object({ port: z.number() }).parse(this.#server.address()).port;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
