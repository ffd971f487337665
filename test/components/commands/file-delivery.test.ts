import { expect, test } from "@jest/globals";
import { deliveryOf } from "../../../components/commands/file-delivery.ts";

// Pulumi replaces a secret of the settings in what it prints, also if it is escaped as in JSON, but only once.
const privateKey = "-----BEGIN PRIVATE KEY-----\ncanary+é/\n-----END PRIVATE KEY-----\n";
const escapedOnce = JSON.stringify(privateKey).slice(1, -1);
const place = { path: "/etc/credstore.encrypted/secrets", credential: "secrets" };

test.each([
  ["the bot's secrets", JSON.stringify({ KEY: privateKey, TOKEN: "one" })],
  ["a private key alone", privateKey],
])("Pulumi's debug output recognizes a secret in %s", (_, content) => {
  const delivery = deliveryOf([{ ...place, content }]);
  expect(delivery).toContain(escapedOnce);
});

test("credentials that are JSON are sent as JSON, and everything else as text", () => {
  const contents = ['{"TOKEN":"one"}', "plain", '{"TOKEN": "with a space"}', '{"list":[1]}', null];
  const files = contents.map((content) => ({ ...place, content }));
  const settings = { path: "/etc/trading-bot/bot.json", content: '{"a":"b"}' };
  expect(JSON.parse(deliveryOf([...files, settings]))).toEqual({
    files: [{ ...place, content: { TOKEN: "one" } }, ...files.slice(1), settings],
  });
});
