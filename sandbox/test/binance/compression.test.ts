import { get } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { bodyOf, type Emulator, startEmulator } from "./support/emulator.ts";

const depth = "/api/v3/depth?symbol=BTCUSDC&limit=100";

async function bytesOf({ url }: Emulator, path: string, encoding: string) {
  const response = await fetch(url + path, { headers: { "accept-encoding": encoding } });
  return { encoding: response.headers.get("content-encoding"), text: await response.text() };
}

test("a large answer is compressed for a client that accepts it, and the client reads the same", async () => {
  const emulator = await startEmulator();
  const plain = await bytesOf(emulator, depth, "identity");
  expect(plain.encoding).toBeNull();
  expect(await bytesOf(emulator, depth, "gzip, deflate")).toEqual({ encoding: "gzip", text: plain.text });
  expect(await bytesOf(emulator, depth, "deflate, br")).toEqual(plain);
  expect(gunzipSync(await rawBytes(emulator)).toString()).toBe(plain.text);
});

/** The body as it is sent. */
function rawBytes(emulator: Emulator): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    get(emulator.url + depth, { headers: { "accept-encoding": "gzip" } }, (response) => {
      buffer(response).then(resolve, reject);
    }).once("error", reject);
  });
}

test("a small answer and an error aren't compressed", async () => {
  const emulator = await startEmulator();
  expect((await bytesOf(emulator, "/api/v3/time", "gzip")).encoding).toBeNull();
  expect((await bytesOf(emulator, "/api/v3/depth?symbol=NONE", "gzip")).encoding).toBeNull();
  expect(bodyOf(await emulator.send("/api/v3/ping"))).toEqual({});
});
