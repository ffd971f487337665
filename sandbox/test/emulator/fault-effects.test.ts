import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import * as z from "zod";
import { createBinance } from "../../binance/binance.ts";
import { readCertificate } from "../../emulator/serve.ts";
import { certify, makeAuthority } from "../../network/authority.ts";

const host = "api.binance.com";
let folder: string;
let api: FastifyInstance;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "emulator-"));
  const tls = join(folder, "tls");
  await mkdir(tls);
  await makeAuthority(tls);
  await certify(tls, host);
});

afterEach(() => api.close());

afterAll(() => rm(folder, { recursive: true }));

test("hold answers as usual, but not before the faults are cleared", async () => {
  const binance = createBinance();
  api = binance.api;
  await binance.control.inject({ method: "POST", url: "/faults", payload: { effect: { kind: "hold" } } });
  let isAnswered = false;
  const answer = api.inject("/api/v3/ping").then((response) => {
    isAnswered = true;
    return response;
  });
  // The next request isn't held, so this one has arrived before it.
  expect((await api.inject("/api/v3/ping")).statusCode).toBe(200);
  expect(isAnswered).toBe(false);
  await binance.control.inject({ method: "DELETE", url: "/faults" });
  expect((await answer).statusCode).toBe(200);
});

test.each(["reset", "lose-answer"])(
  "%s also cuts a TLS connection, so that no client waits for an answer",
  async (kind) => {
    const ca = await readFile(join(folder, "tls/ca.crt"));
    const binance = createBinance({ tls: await readCertificate(folder, host) });
    api = binance.api;
    await api.listen({ host: "127.0.0.1", port: 0 });
    await binance.control.inject({ method: "POST", url: "/faults", payload: { effect: { kind } } });
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
