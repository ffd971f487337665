import { spawnSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { webhookRequest } from "../../../server/guard/webhook-request.ts";

test.each([
  ["https://hooks.slack.com/services/T/B/x", { text: "text" }],
  ["https://chat.googleapis.com/v1/spaces/A/messages?key=k", { text: "text" }],
  ["https://discord.com/api/webhooks/1/x", { content: "text", allowed_mentions: { parse: [] } }],
  ["https://discordapp.com/api/webhooks/1/x", { content: "text", allowed_mentions: { parse: [] } }],
  ["https://ptb.discord.com/api/webhooks/1/x", { content: "text", allowed_mentions: { parse: [] } }],
])("%s gets JSON in its own format", (address, body) => {
  const request = webhookRequest(new URL(address), "text");
  expect(request.contentType).toBe("application/json");
  expect(JSON.parse(request.body)).toEqual(body);
  expect(request.url.href).toBe(address);
});

test("Telegram gets the chat from the address, and all fields in one place", () => {
  const address = "https://api.telegram.org/bot1:x/sendMessage?chat_id=-100&disable_notification=true";
  const request = webhookRequest(new URL(address), "text");
  expect(request.url.href).toBe("https://api.telegram.org/bot1:x/sendMessage");
  expect(JSON.parse(request.body)).toEqual({ chat_id: "-100", disable_notification: "true", text: "text" });
});

test.each([
  "https://ntfy.sh/topic?priority=high",
  "https://notdiscord.com/",
  "https://discord.com.example.org/",
])("%s gets plain text", (address) => {
  expect(webhookRequest(new URL(address), "text ü")).toEqual({
    url: new URL(address),
    contentType: "text/plain; charset=utf-8",
    body: "text ü",
  });
});

test("a long message is cut, before a service refuses it", () => {
  const { body } = webhookRequest(new URL("https://discord.com/api/webhooks/1/x"), "x".repeat(9000));
  expect(body.length).toBeLessThan(2000);
});

/** What root_tools/webhook.py makes of a message, which sends it if Node can't run. */
const fromPython = `
import json, sys
sys.path.insert(0, "server/rootfs/usr/local/lib/trading-bot-server/library")
from root_tools import webhook
made = webhook.request(*sys.argv[1:])
print(json.dumps([made.host, made.target, made.content_type, made.body]))`;

test.each([
  "https://hooks.slack.com/services/T/B/x",
  "https://hooks.slack-gov.com/services/T/B/x",
  "https://chat.googleapis.com/v1/spaces/A/messages?key=k",
  "https://discord.com/api/webhooks/1/x?wait=true",
  "https://canary.discordapp.com/api/webhooks/1/x",
  "https://api.telegram.org/bot1:x/sendMessage?chat_id=-100&disable_notification=true",
  "https://ntfy.sh/topic?priority=high",
  "https://user:password@ntfy.example.org/topic",
  "https://ntfy.sh",
  "https://discord.com.example.org/",
])("the program that doesn't need Node sends the same to %s", (address) => {
  for (const text of ["text ü\n“quoted”", "x".repeat(9000)]) {
    const { url, contentType, body } = webhookRequest(new URL(address), text);
    const { stdout, stderr } = spawnSync("python3", ["-Bc", fromPython, address, text], { encoding: "utf8" });
    expect(stderr).toBe("");
    const [host, target, type, sent] = z.array(z.string()).parse(JSON.parse(stdout));
    expect([host, target, type]).toEqual([url.hostname, url.pathname + url.search, contentType]);
    const read = (content = "") => (type === "application/json" ? parseJson(content) : content);
    expect(read(sent)).toEqual(read(body));
  }
});
