import type { Post } from "./post.ts";

/** In characters. Discord's limit is 2000, Telegram's 4096. */
const longest = 1900;

/**
 * Puts a message into the form that the address's service accepts. Others, such as ntfy, get plain text.
 * root_tools/webhook.py does the same for the case that this program can't run; a test compares the two.
 */
export function webhookRequest(url: URL, message: string): Post {
  const text = message.length > longest ? `${message.slice(0, longest)}…` : message;
  switch (serviceOf(url.hostname)) {
    case "slack":
    case "google-chat":
      return json(url, { text });
    case "discord":
      // A text from outside that the message quotes must not notify everybody.
      return json(url, { content: text, allowed_mentions: { parse: [] } });
    case "telegram": {
      // The address names the chat by ?chat_id=…, but Telegram reads all of a message's fields from one place.
      const fields = Object.fromEntries(url.searchParams);
      const target = new URL(url);
      target.search = "";
      return json(target, { ...fields, text });
    }
    case "other":
      return { url, contentType: "text/plain; charset=utf-8", body: text };
  }
}

type Service = "slack" | "google-chat" | "discord" | "telegram" | "other";

function serviceOf(host: string): Service {
  if (host === "hooks.slack.com" || host === "hooks.slack-gov.com") {
    return "slack";
  }
  if (host === "chat.googleapis.com") {
    return "google-chat";
  }
  if (/^((canary|ptb)\.)?discord(app)?\.com$/.test(host)) {
    return "discord";
  }
  return host === "api.telegram.org" ? "telegram" : "other";
}

function json(url: URL, value: object): Post {
  return { url, contentType: "application/json", body: JSON.stringify(value) };
}
