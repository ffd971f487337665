import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { HetznerError } from "../../hetzner/failure.ts";
import { isProtected, liftProtection, restoreProtection } from "../../hetzner/protection.ts";
import { actionAnswer, HetznerStandIn, refusal } from "./support.ts";

let hetzner: HetznerStandIn;

beforeAll(async () => {
  hetzner = await HetznerStandIn.start();
});

afterAll(() => {
  hetzner.stop();
});

const look = "GET /primary_ips/9";
const change = "POST /primary_ips/9/actions/change_protection";

function address(isProtected: boolean) {
  return {
    id: 9,
    name: "a",
    ip: "203.0.113.9",
    location: { name: "fsn1" },
    protection: { delete: isProtected },
  };
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof HetznerError)) {
    throw new Error(`no HetznerError: ${inspect(error)}`);
  }
  return error.code;
}

test.each([true, false])("an address says whether it is protected: %s", async (value) => {
  hetzner.answer({ [look]: { body: { primary_ip: address(value) } } });
  expect(await isProtected(hetzner.client(), { kind: "Primary IP", id: 9 })).toBe(value);
});

test("an address that doesn't exist isn't protected", async () => {
  hetzner.answer({});
  expect(await isProtected(hetzner.client(), { kind: "Primary IP", id: 9 })).toBe(false);
});

test("any other failure is one", async () => {
  hetzner.answer({ [look]: refusal(401, "unauthorized") });
  expect(await codeOf(isProtected(hetzner.client(), { kind: "Primary IP", id: 9 }))).toBe("unauthorized");
});

describe("the protection", () => {
  test("is lifted, and restored", async () => {
    hetzner.answer({ [change]: actionAnswer() });
    await liftProtection(hetzner.client(), { kind: "Primary IP", id: 9 });
    await restoreProtection(hetzner.client(), { kind: "Primary IP", id: 9 });
    expect(hetzner.requests.map(({ body }) => body)).toEqual(['{"delete":false}', '{"delete":true}']);
  });

  test("of an address that doesn't exist is lifted already", async () => {
    hetzner.answer({});
    await liftProtection(hetzner.client(), { kind: "Primary IP", id: 9 });
    expect(hetzner.calls).toEqual([change]);
  });

  test("is lifted although an answer was lost", async () => {
    hetzner.answer({ [change]: "lost", [look]: { body: { primary_ip: address(false) } } });
    await liftProtection(hetzner.client(), { kind: "Primary IP", id: 9 });
    expect(hetzner.calls).toEqual([change, look]);
  });

  test("is lifted by another request if the first one was lost before Hetzner got it", async () => {
    hetzner.answer({ [change]: ["lost", actionAnswer()], [look]: { body: { primary_ip: address(true) } } });
    await liftProtection(hetzner.client(), { kind: "Primary IP", id: 9 });
    expect(hetzner.calls).toEqual([change, look, change]);
  });

  test("can't be lifted without a connection, or with a read-only token", async () => {
    hetzner.answer({ [change]: "lost", [look]: { body: { primary_ip: address(true) } } });
    expect(await codeOf(liftProtection(hetzner.client(), { kind: "Primary IP", id: 9 }))).toBe("unreachable");
    hetzner.answer({ [change]: refusal(401, "token_readonly") });
    expect(await codeOf(liftProtection(hetzner.client(), { kind: "Primary IP", id: 9 }))).toBe(
      "token_readonly",
    );
    expect(hetzner.calls).toEqual([change]);
  });
});
