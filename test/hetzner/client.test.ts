import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { HetznerClient } from "../../hetzner/client.ts";
import { HetznerError } from "../../hetzner/failure.ts";
import { actionAnswer, type Answer, HetznerStandIn, refusal, token } from "./support.ts";

let hetzner: HetznerStandIn;

beforeAll(async () => {
  hetzner = await HetznerStandIn.start();
});

beforeEach(() => {
  hetzner.answer({});
});

afterAll(() => {
  hetzner.stop();
});

const thing = z.looseObject({ thing: z.string() });

async function failureOf(call: Promise<unknown>): Promise<HetznerError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof HetznerError)) {
    throw new Error(`no HetznerError: ${inspect(error)}`);
  }
  return error;
}

test("a request carries the token, and its reply is parsed", async () => {
  hetzner.answer({ "GET /things/1": { body: { thing: "a", more: 1 } } });
  expect(await hetzner.client().get("/things/1", thing)).toEqual({ thing: "a", more: 1 });
  expect(hetzner.requests).toEqual([{ call: "GET /things/1", authorization: `Bearer ${token}`, body: "" }]);
});

test("without an endpoint, it is Hetzner's own; a slash at its end does no harm", async () => {
  const client = new HetznerClient({ token: "a b" });
  expect((await failureOf(client.get("/things", thing))).code).toBe("unauthorized");
  hetzner.answer({ "GET /things/1": { body: { thing: "a" } } });
  const other = new HetznerClient({ token, endpoint: `${hetzner.endpoint}/` });
  expect(await other.get("/things/1", thing)).toEqual({ thing: "a" });
});

test("a list is read page by page", async () => {
  hetzner.answer({
    "GET /things": ({ call }) =>
      call.includes("page=1&")
        ? { body: { things: [{ thing: "a" }], meta: { pagination: { next_page: 2 } } } }
        : { body: { things: [{ thing: "b" }], meta: { pagination: { next_page: null } } } },
  });
  expect(await hetzner.client().list("things", thing, { name: "a b&c" })).toEqual([
    { thing: "a" },
    { thing: "b" },
  ]);
  expect(hetzner.requests.map(({ call }) => call)).toEqual([
    "GET /things?name=a+b%26c&page=1&per_page=50",
    "GET /things?name=a+b%26c&page=2&per_page=50",
  ]);
});

test("a list without pages is one page", async () => {
  hetzner.answer({ "GET /things": { body: { things: [] } } });
  expect(await hetzner.client().list("things", thing)).toEqual([]);
});

describe("a failure", () => {
  test("has Hetzner's code, its status and its message", async () => {
    hetzner.answer({ "GET /things/1": refusal(422, "invalid_input", "no\nsuch\u001b[31m thing") });
    const error = await failureOf(hetzner.client().get("/things/1", thing));
    expect(error).toMatchObject({ code: "invalid_input", status: 422 });
    expect(error.message).toBe(
      `GET ${hetzner.endpoint}/things/1: no such [31m thing (invalid_input, HTTP 422).`,
    );
  });

  test.each([
    ["e5b7c9d1f2a34b6c8d0e", ", correlation id e5b7c9d1f2a34b6c8d0e"],
    ["not an id", ""],
  ])("has the correlation id that Hetzner's support asks for: %j", async (id, shown) => {
    const refused = {
      status: 422,
      body: { error: { code: "invalid_input" } },
      headers: { "x-correlation-id": id },
    };
    hetzner.answer({ "GET /things/1": refused });
    const { message } = await failureOf(hetzner.client().get("/things/1", thing));
    expect(message).toContain(`(invalid_input, HTTP 422${shown}).`);
  });

  test.each<[string, Answer, string]>([
    ["a proxy's answer", { status: 400, body: "no" }, "unreadable"],
    ["a proxy's answer about the token", { status: 401, body: "no" }, "unauthorized"],
    ["an answer that isn't JSON", { raw: "<html>" }, "unreadable"],
    ["an answer of another shape", { body: { thing: 1 } }, "unreadable"],
    ["an answer that isn't an object", { body: [] }, "unreadable"],
    ["a redirect", { status: 302, headers: { location: "https://example.com/" } }, "unreachable"],
  ])("%s", async (_, answer, code) => {
    hetzner.answer({ "GET /things/1": answer });
    expect((await failureOf(hetzner.client().get("/things/1", thing))).code).toBe(code);
  });

  test("says which fields are missing", async () => {
    hetzner.answer({ "GET /things/1": { body: {} } });
    const { message } = await failureOf(hetzner.client().get("/things/1", thing));
    expect(message).toMatch(/the reply has no readable thing\.$/);
  });

  test("without a connection says why", async () => {
    const client = new HetznerClient({ token, endpoint: "http://127.0.0.1:1/v1" }, { clock: hetzner.clock });
    const error = await failureOf(client.get("/things", thing));
    expect(error).toMatchObject({ code: "unreachable", status: undefined });
    expect(error.message).toMatch(/^GET http:\/\/127\.0\.0\.1:1\/v1\/things: no connection \(/);
  });

  test("of a reply that doesn't come in time", async () => {
    hetzner.answer({ "POST /things": "silent" });
    const error = await failureOf(hetzner.client({ timeout: 20 }).post("/things", {}, thing));
    expect(error).toMatchObject({ code: "unreachable" });
    expect(error.message).toMatch(/no reply in time\.$/);
  });
});

describe("the token is never in a message", () => {
  test("if Hetzner repeats it", async () => {
    hetzner.answer({ "GET /things/1": refusal(422, "invalid_input", `bad ${token}`) });
    const error = await failureOf(hetzner.client().get("/things/1", thing));
    expect(inspect(error, { depth: 9 })).not.toContain("canary");
  });

  test("if an action's error repeats it", async () => {
    hetzner.answer({
      "POST /do": {
        body: {
          action: { id: 7, command: "x", status: "error", error: { code: "no", message: token } },
        },
      },
    });
    expect(inspect(await failureOf(hetzner.client().act("/do")))).not.toContain("canary");
  });

  test.each(["canary\n0", "canary\r\nx: y", "canary 0", "canary\0", "canäry", ""])(
    "if it can't be sent: %j",
    async (bad) => {
      const error = await failureOf(hetzner.client({ token: bad }).get("/things", thing));
      expect(error.code).toBe("unauthorized");
      expect(inspect(error, { depth: 9 })).not.toMatch(/canary|canäry/);
      expect(hetzner.requests).toEqual([]);
    },
  );

  test("if there is no connection", async () => {
    hetzner.answer({ "GET /things": "lost" });
    const error = await failureOf(hetzner.client().get("/things", thing));
    expect(inspect(error, { depth: 9 })).not.toContain("canary");
  });
});

describe("a call is repeated", () => {
  const fine: Answer = { body: { thing: "a" } };

  test.each<[string, Answer]>([
    ["a lost connection", "lost"],
    ["HTTP 500", { status: 500, body: "" }],
    ["HTTP 502", { status: 502, body: "" }],
    ["HTTP 503", refusal(503, "unavailable")],
    ["HTTP 504", refusal(504, "timeout")],
    ["a conflict", refusal(409, "conflict")],
    ["too many requests", refusal(429, "rate_limit_exceeded")],
  ])("if it only reads, after %s", async (_, answer) => {
    hetzner.answer({ "GET /things/1": [answer, answer, fine] });
    expect(await hetzner.client().get("/things/1", thing)).toEqual({ thing: "a" });
    expect(hetzner.requests).toHaveLength(3);
    expect(hetzner.clock.waits[1]).toBeGreaterThan(hetzner.clock.waits[0] ?? Infinity);
  });

  test("five times at most", async () => {
    hetzner.answer({ "GET /things/1": "lost" });
    await failureOf(hetzner.client().get("/things/1", thing));
    expect(hetzner.requests).toHaveLength(5);
    expect(hetzner.clock.waits).toEqual([1000, 2000, 4000, 8000]);
  });

  test.each<[string, Answer]>([
    ["its answer was lost", "lost"],
    ["HTTP 502", { status: 502, body: "" }],
    ["HTTP 504", refusal(504, "timeout")],
  ])("not if it changes something and %s", async (_, answer) => {
    hetzner.answer({ "POST /things": [answer, fine] });
    await failureOf(hetzner.client().post("/things", {}, thing));
    expect(hetzner.requests).toHaveLength(1);
  });

  test("if it changes something and was not performed", async () => {
    hetzner.answer({ "POST /things": [refusal(409, "conflict"), refusal(423, "locked"), fine] });
    expect(await hetzner.client().post("/things", { a: 1 }, thing)).toEqual({ thing: "a" });
    expect(hetzner.requests.map(({ body }) => body)).toEqual(Array.from({ length: 3 }, () => '{"a":1}'));
  });

  test("for five minutes if the resource is locked", async () => {
    hetzner.answer({ "POST /things": refusal(423, "locked") });
    const start = hetzner.clock.time;
    expect((await failureOf(hetzner.client().post("/things", {}, thing))).code).toBe("locked");
    expect(hetzner.clock.time - start).toBeGreaterThanOrEqual(300_000);
    expect(hetzner.clock.time - start).toBeLessThan(330_000);
  });

  test("when the rate limit is restored, if that is soon", async () => {
    const reset = String(Math.floor(hetzner.clock.time / 1000) + 40);
    const limited = { status: 429, body: {}, headers: { "ratelimit-reset": reset } };
    hetzner.answer({ "GET /things/1": [limited, fine] });
    await hetzner.client().get("/things/1", thing);
    expect(hetzner.clock.waits[0]).toBeGreaterThan(30_000);
  });

  test("after a short wait if the rate limit is restored much later: each second grants a request", async () => {
    const reset = String(Math.floor(hetzner.clock.time / 1000) + 3600);
    hetzner.answer({
      "GET /things/1": [{ status: 429, body: {}, headers: { "ratelimit-reset": reset } }, fine],
    });
    await hetzner.client().get("/things/1", thing);
    expect(hetzner.clock.waits).toEqual([2000]);
  });

  test("not after any other refusal", async () => {
    hetzner.answer({ "GET /things/1": refusal(412, "resource_unavailable") });
    await failureOf(hetzner.client().get("/things/1", thing));
    expect(hetzner.requests).toHaveLength(1);
  });
});

describe("an action", () => {
  test("is waited for", async () => {
    hetzner.answer({
      "POST /do": actionAnswer("running"),
      "GET /actions/7": [actionAnswer("running"), "lost", actionAnswer()],
    });
    await hetzner.client().act("/do", { hard: true });
    expect(hetzner.requests[0]?.body).toBe('{"hard":true}');
    expect(hetzner.calls).toEqual(["POST /do", ...Array.from({ length: 3 }, () => "GET /actions/7")]);
  });

  test("that fails is a failure with its code", async () => {
    hetzner.answer({
      "POST /do": actionAnswer("running"),
      "GET /actions/7": actionAnswer("error", "resource_unavailable"),
    });
    const error = await failureOf(hetzner.client().act("/do"));
    expect(error).toMatchObject({ code: "resource_unavailable", status: undefined });
    expect(error.message).toBe("Hetzner's action do_it failed: Action failed (resource_unavailable).");
  });

  test("that fails without a reason is a failure", async () => {
    hetzner.answer({ "POST /do": { body: { action: { id: 7, command: "do_it", status: "error" } } } });
    expect((await failureOf(hetzner.client().act("/do"))).code).toBe("action_failed");
  });

  test("that never ends is given up", async () => {
    hetzner.answer({ "POST /do": actionAnswer("running"), "GET /actions/7": actionAnswer("running") });
    expect((await failureOf(hetzner.client().act("/do", {}, 10_000))).code).toBe("unfinished");
    expect(hetzner.requests).toHaveLength(21);
  });
});

describe("a deletion", () => {
  test("is waited for, and repeated while another action locks what is deleted", async () => {
    hetzner.answer({
      "DELETE /things/1": [refusal(423, "locked"), actionAnswer("running")],
      "GET /actions/7": actionAnswer(),
    });
    await hetzner.client().delete("/things/1");
    expect(hetzner.calls).toEqual(["DELETE /things/1", "DELETE /things/1", "GET /actions/7"]);
  });

  test("of what doesn't exist is a failure", async () => {
    expect((await failureOf(hetzner.client().delete("/things/1"))).code).toBe("not_found");
  });
});
