import { describe, expect, test } from "@jest/globals";
import { presentable, type Trouble, type UnreachableReason } from "../../binance/errors.ts";
import { diagnose, duration } from "../../checklist/diagnosis.ts";
import { ipAddress, refused } from "../binance/support.ts";

const server = { ipAddress, place: "server" } as const;

describe("each refusal says what is likely, and what to do", () => {
  test.each<[string, Trouble, string, string]>([
    [
      "-2015",
      refused(401, -2015),
      `The address ${ipAddress} isn't in the key's whitelist`,
      `add ${ipAddress}`,
    ],
    [
      "-2015 from another address",
      refused(401, -2015, { requestIp: "192.0.2.1" }),
      "Binance sees the request come from 192.0.2.1",
      "leaves by another address",
    ],
    ["-1022", refused(400, -1022), "The secret doesn't belong to the API key", "binance:apiSecret"],
    ["-2008", refused(400, -2008), "The key was deleted", "API Management"],
    ["-2014", refused(401, -2014), "The key was changed in copying", "binance:apiKey"],
    ["-1021", refused(400, -1021), "A clock is wrong", "timedatectl"],
    ["-1102", refused(400, -1102), "A part of the request didn't arrive", "--verbose"],
    [
      "429",
      refused(429, -1003, { waitSeconds: 30 }),
      "More requests came from the server's address",
      "for 30 s",
    ],
    [
      "418",
      refused(418, -1003, { waitSeconds: 3600 }),
      "Binance has banned the server's address",
      "for 60 minutes",
    ],
    ["418 without a time", refused(418), "Binance has banned", "at least 5 minutes"],
    ["451", refused(451, 0), "doesn't serve the country", "EU location"],
    ["403", refused(403), "Binance's firewall", "Wait five minutes"],
    ["503", refused(503), "Binance has trouble of its own", "wait some minutes"],
    ["another", refused(400, -1100), "code -1100", "Error Codes"],
  ])("%s", (_, trouble, cause, remedy) => {
    const said = diagnose(trouble, server);
    expect(said.causes[0]).toContain(cause);
    expect(said.remedy).toContain(remedy);
  });

  test("a limit counts before any code that comes with it: who waits doesn't make it worse", () => {
    expect(diagnose(refused(418, -2015, { waitSeconds: 60 }), server).remedy).toContain(
      "Leave Binance alone for 60 s",
    );
  });
});

test.each<[UnreachableReason, string]>([
  ["no-ssh", "Install OpenSSH"],
  ["ssh-unreachable", "adminCidrs"],
  ["ssh-host-key", "Nothing was sent"],
  ["ssh-denied", "deploy key"],
  ["ssh-forwarding", "curl -4sS https://api.binance.com"],
  ["ssh", "npm run ssh"],
  ["dns", "getent hosts api.binance.com"],
  ["connect", "curl -4sS"],
  ["certificate", "The key was not sent"],
  ["tls", "Wait a minute"],
  ["timeout", "Wait a minute"],
  ["closed", "Wait a minute"],
])("%s says what to do", (reason, expected) => {
  const { causes, remedy } = diagnose({ kind: "unreachable", reason, detail: "" }, server);
  expect([...causes, remedy].join("\n")).toContain(expected);
});

test("a time to wait is rounded up", () => {
  expect([1, 120, 121, 7200, 7201].map(duration)).toEqual([
    "1 s",
    "120 s",
    "3 minutes",
    "120 minutes",
    "3 hours",
  ]);
});

test("a text of somebody else's is one short line without control characters", () => {
  expect(presentable("a\x1b[31m\nb\u200b")).toBe("a [31m b");
  expect(presentable("x ".repeat(500)).length).toBeLessThanOrEqual(201);
  expect(presentable(`signature ${"0af".repeat(20)}`)).not.toContain("0af0af");
});
