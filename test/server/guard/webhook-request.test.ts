import { expect, test } from "@jest/globals";
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
