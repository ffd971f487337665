import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { examineWebhook } from "../../../components/settings/webhook.ts";
import { leaks } from "../../arbitraries.ts";

const problems = (address: string | undefined) =>
  examineWebhook(address, "trading-bot-server:webhook").map(({ problem }) => problem);

test.each([
  undefined,
  "https://ntfy.sh/my-topic",
  "https://hooks.slack.com/services/T0/B0/x",
  "https://api.telegram.org/bot1:A/sendMessage?chat_id=2",
  "https://user:password@ntfy.example.org/topic",
  "https://ntfy.sh:443/my-topic",
])("%s is taken", (address) => {
  expect(problems(address)).toEqual([]);
});

describe("an address that no warning would reach is refused", () => {
  test.each([
    ["", "is empty"],
    ["ntfy.sh/my-topic", "is no address"],
    ["http://ntfy.sh/my-topic", "doesn't start with https://"],
    ["https://ntfy.sh/my-topic\n", "has white space, a line break or an invisible character in it"],
    ["https://ntfy.sh/my\u200btopic", "has white space, a line break or an invisible character in it"],
    ["https://127.0.0.1/", "doesn't name its host by a full host name"],
    ["https://[::1]/", "doesn't name its host by a full host name"],
    ["https://0x7f.1/", "doesn't name its host by a full host name"],
    ["https://localhost/", "doesn't name its host by a full host name"],
    ["https://ntfy.sh:8443/", "names a port, while the server's firewall lets warnings out by port 443 only"],
  ])("%j", (address, problem) => {
    expect(problems(address)).toEqual([problem]);
  });
});

test("no message tells anything of the address, which is a secret", () => {
  const secret = fc.stringMatching(/^[A-Z0-9]{30}$/);
  const around = fc.constantFrom<[string, string]>(
    ["https://127.0.0.1/", ""],
    ["http://ntfy.sh/", ""],
    ["", ""],
    ["https://", ""],
    ["https://ntfy.sh:8443/", "\n"],
  );
  fc.assert(
    fc.property(secret, around, (hidden, [before, after]) => {
      const said = JSON.stringify(examineWebhook(before + hidden + after, "webhook"));
      expect(said).not.toBe("[]");
      expect(leaks(said, hidden)).toBe(false);
    }),
  );
});
