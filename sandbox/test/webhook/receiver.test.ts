import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { WebhookControl } from "../../webhook/control.ts";
import { createElsewhere } from "../../webhook/elsewhere.ts";
import { createReceiver } from "../../webhook/receiver.ts";
import { ManualClock } from "../emulator/manual-clock.ts";

let receiver: ReturnType<typeof createReceiver>;
let control: WebhookControl;
let folder: string;
let url: string;

beforeEach(async () => {
  receiver = createReceiver({ clock: new ManualClock() });
  folder = await mkdtemp(join(tmpdir(), "webhook-"));
  const socket = join(folder, "webhook.sock");
  await receiver.control.listen({ path: socket });
  control = new WebhookControl(socket);
  url = await receiver.api.listen({ host: "127.0.0.1", port: 0 });
});

afterEach(async () => {
  await Promise.all([receiver.api.close(), receiver.control.close()]);
  await rm(folder, { recursive: true });
});

test("accepts what is posted to any path, and shows it unchanged", async () => {
  const headers = { "content-type": "application/json" };
  expect((await post("/services/T0/secret?x=1", { headers, body: '{"text": "held"}' })).status).toBe(200);
  expect((await post("/", {})).status).toBe(200);
  expect(await control.messages()).toEqual([
    {
      method: "POST",
      path: "/services/T0/secret?x=1",
      contentType: "application/json",
      body: '{"text": "held"}',
      source: "127.0.0.1",
    },
    { method: "POST", path: "/", contentType: null, body: "", source: "127.0.0.1" },
  ]);
  expect((await fetch(url)).status).toBe(405);
  await control.clear();
  expect([await control.messages(), await control.requests()]).toEqual([[], []]);
});

test("fails, hangs or resets if a test wants it, and has then accepted nothing", async () => {
  await control.inject({ effect: { kind: "garbage", status: 500, body: "out of order" } });
  expect((await post("/", { body: "one" })).status).toBe(500);
  await control.inject({ effect: { kind: "reset" } });
  await expect(post("/", { body: "two" })).rejects.toThrow();
  await control.inject({ effect: { kind: "hang" } });
  const gaveUp = new AbortController();
  const hanging = expect(post("/", { body: "three", signal: gaveUp.signal })).rejects.toThrow();
  while ((await control.requests()).length < 3) {
    // Requests until then.
  }
  gaveUp.abort();
  await hanging;
  expect(await control.messages()).toEqual([]);
  expect((await post("/", { body: "four" })).status).toBe(200);
  expect((await control.requests()).map(({ status }) => status)).toEqual([500, null, null, 200]);
  expect(await control.messages()).toMatchObject([{ body: "four" }]);
});

test("can lose its answer: the message was accepted, but the sender doesn't know", async () => {
  await control.inject({ effect: { kind: "lose-answer" } });
  await expect(post("/", { body: "one" })).rejects.toThrow();
  expect(await control.messages()).toMatchObject([{ body: "one" }]);
});

test("the other site answers everybody", async () => {
  const site = createElsewhere();
  expect((await site.inject({ url: "/any/path" })).statusCode).toBe(200);
  expect((await site.inject({ method: "POST", url: "/" })).statusCode).toBe(200);
  expect((await site.inject({ url: "/ip", remoteAddress: "198.51.100.7" })).body).toBe("198.51.100.7");
});

function post(path: string, init: RequestInit): Promise<Response> {
  return fetch(`${url}${path}`, { method: "POST", ...init });
}
