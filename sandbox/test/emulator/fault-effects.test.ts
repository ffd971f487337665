import { request } from "node:https";
import { afterEach, expect, test } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import * as z from "zod";
import { makeCertificate } from "../../../test/support/certificate.ts";
import { createBinance } from "../../binance/binance.ts";

const host = "api.binance.com";
let api: FastifyInstance;

afterEach(() => api.close());

test.each(["reset", "lose-answer"])(
  "%s cuts a TLS connection, too: nobody waits for an answer",
  async (kind) => {
    const { key, cert, ca } = makeCertificate(host);
    const { api: door, control } = createBinance({ tls: { key, cert } });
    api = door;
    await api.listen({ host: "127.0.0.1", port: 0 });
    await control.inject({ method: "POST", url: "/faults", payload: { effect: { kind } } });
    const { port } = z.object({ port: z.int() }).parse(api.server.address());

    const outcome = await new Promise<string>((resolve) => {
      request({ host: "127.0.0.1", port, servername: host, ca, path: "/api/v3/time" }, () => {
        resolve("an answer");
      })
        .on("error", ({ message }) => {
          resolve(message);
        })
        // Only ends a test that would fail.
        .setTimeout(5000, () => {
          resolve("nothing");
        })
        .end();
    });
    expect(outcome).toMatch(/ECONNRESET|hang up/);
  },
);
