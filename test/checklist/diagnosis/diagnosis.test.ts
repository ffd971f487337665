import { describe, expect, test } from "@jest/globals";
import type { Failure, NetworkReason, Refusal } from "../../../binance/failure.ts";
import { diagnose } from "../../../checklist/diagnosis/diagnosis.ts";
import { duration } from "../../../checklist/diagnosis/duration.ts";
import type { Caller } from "../../../checklist/diagnosis/situation.ts";
import type { TunnelReason } from "../../../checklist/diagnosis/tunnel.ts";
import { refused } from "../../binance/support.ts";
import { ipAddress } from "../support.ts";

const throughServer = { ipAddress, caller: "tunnel" } as const;

const refusals: [string, Failure][] = [
  ["418, -1003, wait 3600 s", refused(418, -1003, { waitSeconds: 3600 })],
  ["418", refused(418)],
  ["429, -1003, wait 30 s", refused(429, -1003, { waitSeconds: 30 })],
  ["403", refused(403)],
  ["451", refused(451, 0)],
  ["-2015", refused(401, -2015)],
  ["-2015 from another address", refused(401, -2015, { requestIp: "192.0.2.1" })],
  ["-2014", refused(401, -2014)],
  ["-2008", refused(400, -2008)],
  ["-1022", refused(400, -1022)],
  ["-1021", refused(400, -1021)],
  ["-2017", refused(400, -2017)],
  ["-1002", refused(401, -1002)],
  ["-1015", refused(400, -1015)],
  ["-1007", refused(400, -1007)],
  ["-1102", refused(400, -1102)],
  ["-1131", refused(400, -1131)],
  ["-2010", refused(400, -2010, { message: "Symbol not whitelisted for API key." })],
  ["-2010 of a pair", refused(400, -2010, { message: "This symbol is not permitted for this account." })],
  ["-2010 of the account", refused(400, -2010, { message: "This action is disabled on this account." })],
  ["-1013", refused(400, -1013)],
  ["-1121", refused(400, -1121)],
  ["503", refused(503)],
  ["an unknown code", refused(400, -9999, { message: "Something new." })],
];

const network: NetworkReason[] = ["dns", "connect", "certificate", "tls", "timeout", "closed"];

const tunnel: TunnelReason[] = [
  "no-ssh",
  "ssh-helper",
  "ssh-version",
  "no-network",
  "ssh-refused",
  "ssh-broken",
  "ssh-hangs",
  "ssh-unreachable",
  "ssh-host-key",
  "ssh-denied",
  "ssh-forwarding",
  "ssh",
];

const failures: [string, Failure][] = [
  ...refusals,
  ...network.map((reason): [string, Failure] => [reason, { kind: "unreachable", reason, detail: "" }]),
  ["unreadable", { kind: "unreadable", problem: "isn't JSON" }],
  ["skipped", { kind: "skipped" }],
];

/** A diagnosis as a person reads it. */
function textOf(failure: Failure, caller: Caller): string {
  const { causes, remedy } = diagnose(failure, { ipAddress, caller });
  return [...causes.map((cause) => `- ${cause}`), `=> ${remedy}`].join("\n");
}

// diagnosis.test.ts.snap has the texts that people read: a change of a text shows there.
describe.each<Caller>(["tunnel", "direct", "guard"])(
  "everything that is said about a failure (%s)",
  (caller) => {
    test.each(failures)("%s", (_, failure) => {
      expect(textOf(failure, caller)).toMatchSnapshot();
    });
  },
);

test.each(tunnel)("everything that is said about a broken tunnel: %s", (reason) => {
  expect(textOf({ kind: "tunnel", reason, detail: "ssh: no such option" }, "tunnel")).toMatchSnapshot();
});

test("a 451 for the server is explained for every location, because the account's country can be the reason", () => {
  const text = textOf(refused(451, 0), "guard");
  expect(text).toContain("the country of the account");
  expect(text).toContain("If the server is in one of them already");
});

test("an unknown reason of the tunnel gets the general advice", () => {
  for (const reason of ["new-reason", "toString"]) {
    expect(diagnose({ kind: "tunnel", reason, detail: "it broke" }, throughServer).causes).toEqual([
      "ssh ended: it broke",
    ]);
  }
});

describe("the guard speaks of the server, and not of a person's computer", () => {
  test.each(failures)("%s", (_, failure) => {
    expect(textOf(failure, "guard")).not.toMatch(/this computer|run this again|ssh ended/i);
  });
});

test("a refusal that names the server's own address is about the whitelist", () => {
  expect(textOf(refused(401, -2015, { requestIp: ipAddress }), "tunnel")).toContain(
    "isn't in the key's whitelist",
  );
});

describe("a refusal after an accepted request", () => {
  const text = (refusedAction: "trade" | "read-account", more: Partial<Refusal> = {}) => {
    const { causes, remedy } = diagnose(refused(401, -2015, more), { ...throughServer, refusedAction });
    return [...causes, remedy].join("\n");
  };

  test.each(["trade", "read-account"] as const)("isn't about the whitelist: %s", (action) => {
    expect(text(action)).toMatchSnapshot();
    expect(text(action)).not.toMatch(/add 203|isn't in the key's whitelist/);
  });

  test("may be about the address if Binance saw another one", () => {
    expect(text("trade", { requestIp: "192.0.2.1" })).toContain(
      "Binance sees the request come from 192.0.2.1",
    );
  });
});

test("a 403 for the first request says that the address may be blocked, and how to get another one", () => {
  const { causes, remedy } = diagnose(refused(403), { ...throughServer, isFirstRequest: true });
  expect([...causes, remedy].join("\n")).toMatchSnapshot();
});

test("the server of a running bot isn't given up for a 403", () => {
  const guard = diagnose(refused(403), { ipAddress, caller: "guard", isFirstRequest: true });
  expect([...guard.causes, guard.remedy].join("\n")).not.toContain("teardown");
});

test("the direct request may come from anywhere: its address is never a reason", () => {
  expect(textOf(refused(401, -2015, { requestIp: "192.0.2.1" }), "direct")).not.toContain("192.0.2.1");
});

test("a limit counts more than a code that comes with it: waiting never makes it worse", () => {
  expect(textOf(refused(418, -2015, { waitSeconds: 60 }), "tunnel")).toContain(
    "Send Binance nothing for 60 s",
  );
});

test("a time to wait is rounded up", () => {
  expect([1, 120, 121, 7200, 7201, 10_801].map(duration)).toEqual([
    "1 s",
    "120 s",
    "3 minutes",
    "120 minutes",
    "3 hours",
    "4 hours",
  ]);
});
