import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { checkSecretAddress } from "../../../../components/settings/checks/secret-address.ts";
import { leaks } from "../../../arbitraries.ts";

test.each([
  undefined,
  "https://ntfy.sh/my-topic",
  "https://hooks.slack.com/services/T0/B0/x",
  "https://api.telegram.org/bot1:A/sendMessage?chat_id=2",
  "https://user:password@ntfy.example.org/topic",
  "https://ntfy.sh:443/my-topic",
])("%s receives warnings", (address) => {
  expect(checkSecretAddress("webhook", address)).toEqual([]);
});

describe("an address that no warning would reach is refused", () => {
  test.each([
    ["", "is empty"],
    [" \n", "is empty"],
    ["ntfy.sh/my-topic", "is not an address"],
    ["http://ntfy.sh/my-topic", "doesn't start with https://"],
    ["https://ntfy.sh/my-topic\n", "has white space, a line break or an invisible character in it"],
    ["https://ntfy.sh/my\u200btopic", "has white space, a line break or an invisible character in it"],
    ["https://127.0.0.1/", "doesn't have a full host name as its host"],
    ["https://[::1]/", "doesn't have a full host name as its host"],
    ["https://0x7f.1/", "doesn't have a full host name as its host"],
    ["https://localhost/", "doesn't have a full host name as its host"],
    ["https://ntfy.sh:8443/", "has a port, but the server's firewall lets the guard out on port 443 only"],
  ])("%j", (address, problem) => {
    expect(checkSecretAddress("webhook", address)).toEqual([
      {
        severity: "error",
        setting: "webhook",
        problem,
        explanation:
          "It must be the whole address of a webhook, https://HOST/PATH. ntfy, Slack, Telegram and others give you one.",
        command: "pulumi config set --secret webhook",
      },
    ]);
  });
});

test("no message contains a part of the address, which is a secret", () => {
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
      const text = JSON.stringify(checkSecretAddress("heartbeat", before + hidden + after));
      expect(text).not.toBe("[]");
      expect(leaks(text, hidden)).toBe(false);
    }),
  );
});
