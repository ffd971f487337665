import { expect, test } from "@jest/globals";
import { HetznerError } from "../../hetzner/failure.ts";
import { codeIn, concernsLocation, concernsOrder, explain, explained } from "../../hetzner/refusals.ts";

test.each([
  "unauthorized",
  "token_readonly",
  "forbidden",
  "resource_limit_exceeded",
  "primary_ip_limit",
  "server_limit",
  "resource_locked",
  "resource_unavailable",
  "placement_error",
  "no_space_left_in_location",
  "invalid_server_type",
  "unsupported_error",
  "server_not_stopped",
  "primary_ip_assigned",
  "uniqueness_error",
  "protected",
  "locked",
  "conflict",
  "rate_limit_exceeded",
  "maintenance",
  "service_error",
  "unavailable",
  "timeout",
  "unreachable",
  "unreadable",
  "unfinished",
])("%s is explained by one sentence, and by what to do", (code) => {
  const { problem, remedy } = explain(code) ?? { problem: "", remedy: "" };
  expect(problem).toMatch(/^[A-Z].*\.$/);
  expect(remedy).toMatch(/^[A-Z].{10}/);
});

test("a code without an explanation has none", () => {
  expect(explain("firewall_already_applied")).toBeUndefined();
  expect(explain("toString")).toBeUndefined();
  expect(explain("")).toBeUndefined();
});

test("a limit and a read-only token name the place in Hetzner's Console", () => {
  expect(explain("resource_limit_exceeded")?.remedy).toMatch(/Limits/);
  expect(explain("token_readonly")?.remedy).toMatch(/Read & Write.*pulumi config set --secret hcloud:token$/);
});

test.each([
  ["error during placement (resource_unavailable, 4f3ab2c1d0e9f8a7)", "resource_unavailable"],
  ["server limit exceeded (resource_limit_exceeded)", "resource_limit_exceeded"],
  [
    "1 error occurred:\n\t* Primary IP limit exceeded (resource_limit_exceeded, 971c2996dc2dd6c0)\n",
    "resource_limit_exceeded",
  ],
  [
    "sdk-v2/provider2.go:572: sdk.helper_schema: unable to authenticate (unauthorized, 1a): provider=hcloud@1.66.1",
    "unauthorized",
  ],
  ["action failed: Action failed (server_error, 4711)", "server_error"],
  ["server (trading_bot) is locked (locked, 12)", "locked"],
  ["waited (for_ever) for something (new_error, 12)", "for_ever"],
])("the code of %j", (text, code) => {
  expect(codeIn(text)).toBe(code);
});

test("a text without a code has none", () => {
  expect(codeIn("something (cx23) failed (see below)")).toBeUndefined();
  expect(codeIn("")).toBeUndefined();
});

test("an error is explained after its own message, or left as it is", () => {
  expect(explained(new HetznerError("locked", "No.", 423))).toMatchObject({
    code: "locked",
    status: 423,
    message:
      "No. Hetzner is performing another action on the same resource, such as a backup. Wait some minutes, and run the same command again.",
  });
  expect(explained(new HetznerError("new_error", "No.")).message).toBe("No.");
});

test("another type or location can help if Hetzner has none, and not if the account or the token is the reason", () => {
  const codes = ["resource_unavailable", "placement_error", "invalid_server_type"];
  expect(codes.map(concernsOrder)).toEqual([true, true, true]);
  const others = ["resource_limit_exceeded", "unauthorized", "uniqueness_error", "locked", ""];
  expect(others.map(concernsOrder)).toEqual([false, false, false, false, false]);
});

test.each([
  ["server location disabled (resource_unavailable, 4f3a)", true],
  ["no space left (no_space_left_in_location)", true],
  ["error during placement (resource_unavailable, 4f3a)", false],
])("%j closes the whole location: %s", (text, closes) => {
  expect(concernsLocation(text)).toBe(closes);
});
