import { describe, expect, test } from "@jest/globals";
import { errorBody, otherToken, startEmulator, token } from "./support/emulator.ts";
import { makeFirewall, makeIp, makeKey, makeServer, names } from "./support/things.ts";

describe("a client", () => {
  test("needs a known token", async () => {
    const emulator = await startEmulator();
    const { status, body } = await emulator.call("GET", "/servers", undefined, { token: "c".repeat(64) });
    expect(status).toBe(401);
    expect(body).toEqual({
      error: { code: "unauthorized", message: "unable to authenticate", details: null },
    });
    expect((await emulator.call("GET", "/nowhere", undefined, { token: "" })).status).toBe(401);
  });

  test("sees nothing of another token's project", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator);
    const ip = await makeIp(emulator);
    const firewall = await makeFirewall(emulator);
    const server = await makeServer(emulator);
    for (const path of [
      `/ssh_keys/${key.id}`,
      `/primary_ips/${ip.id}`,
      `/firewalls/${firewall.id}`,
      `/servers/${server.id}`,
      `/servers/${server.id}/actions`,
    ]) {
      expect((await emulator.call("GET", path)).status).toBe(200);
      expect((await emulator.call("GET", path, undefined, { token: otherToken })).status).toBe(404);
    }
    const list = await emulator.call("GET", "/servers", undefined, { token: otherToken });
    expect(list.body).toMatchObject({ servers: [] });
  });
});

describe("an error", () => {
  test("names every field that is wrong", async () => {
    const emulator = await startEmulator();
    const { body } = await emulator.call("POST", "/primary_ips", { type: "ipv5", labels: { "": "" } });
    const { error } = errorBody.parse(body);
    expect(error.message).toBe("invalid input in fields 'name', 'type', 'labels'");
    expect(error.details?.fields?.map(({ name }) => name)).toEqual(["name", "type", "labels"]);
  });

  test("is different for invalid JSON and for wrong JSON", async () => {
    const emulator = await startEmulator();
    const { status, body } = await emulator.call("POST", "/ssh_keys", undefined, { text: "{" });
    expect([status, errorBody.parse(body).error.code]).toEqual([400, "json_error"]);
    expect(await emulator.errorOf("POST", "/ssh_keys", [])).toBe("422 invalid_input");
  });

  test("is different for a wrong method and for a call that isn't emulated, which is also reported", async () => {
    const emulator = await startEmulator();
    expect(await emulator.errorOf("DELETE", "/servers")).toBe("405 method_not_allowed");
    expect(emulator.reported).toEqual([]);
    expect(await emulator.errorOf("POST", "/load_balancers?name=x")).toBe("404 not_found");
    expect(emulator.reported).toEqual([
      "not emulated: POST /load_balancers?name=x",
      'to emulate it: add ["POST", "/load_balancers", (call) => …] to a list of routes in sandbox/hetzner/calls/',
    ]);
  });

  test("names what was removed", async () => {
    const emulator = await startEmulator();
    expect(await emulator.errorOf("GET", "/datacenters")).toBe("410 deprecated_api_endpoint");
    expect(await emulator.errorOf("GET", "/datacenters/3")).toBe("410 deprecated_api_endpoint");
  });
});

test("nothing that is reported or logged contains a token or user_data", async () => {
  const emulator = await startEmulator();
  const secret = "x".repeat(40);
  emulator.dataCentre.failing = "create";
  await makeServer(emulator, { user_data: secret });
  await emulator.call("POST", "/servers", undefined, { text: `{"user_data":"${secret}` });
  await emulator.call("POST", "/floating_ips", { user_data: secret });
  const { body } = await emulator.control.inject({ method: "GET", url: "/requests" });
  const output = [...emulator.reported, body].join("\n");
  expect(output).toContain("not emulated: POST /floating_ips");
  expect(output).toContain("create_server of server");
  expect(output).not.toContain(secret);
  expect(output).not.toContain(token);
});

describe("the rate limit", () => {
  test("is in every answer, is used up, and is refilled", async () => {
    const emulator = await startEmulator({ requestsPerHour: 3600 });
    const remaining = async () => {
      const { status, headers } = await emulator.call("GET", "/locations");
      return [status, headers.get("ratelimit-limit"), headers.get("ratelimit-remaining")];
    };
    expect(await remaining()).toEqual([200, "3600", "3599"]);
    await emulator.control.inject({
      method: "PUT",
      url: "/remaining-requests",
      payload: { remaining: 1 },
    });
    expect(await remaining()).toEqual([200, "3600", "0"]);
    expect(await emulator.errorOf("GET", "/locations")).toBe("429 rate_limit_exceeded");
    emulator.clock.advance(2000);
    expect(await remaining()).toEqual([200, "3600", "1"]);
  });

  test("says when the budget will be full again", async () => {
    const emulator = await startEmulator();
    const { headers } = await emulator.call("GET", "/locations");
    expect(headers.get("ratelimit-reset")).toBe(String(emulator.clock.now().getTime() / 1000 + 1));
  });

  test("is separate for each token", async () => {
    const emulator = await startEmulator({ requestsPerHour: 1 });
    await emulator.call("GET", "/locations");
    expect((await emulator.call("GET", "/locations")).status).toBe(429);
    expect((await emulator.call("GET", "/locations", undefined, { token: otherToken })).status).toBe(200);
  });
});

describe("what can be ordered", () => {
  test("is listed and found by name and id", async () => {
    const emulator = await startEmulator();
    const list = (key: string, query = "") => emulator.read(names(key), "GET", `/${key}${query}`);
    expect(await list("locations")).toEqual(["fsn1", "nbg1", "hel1", "ash", "hil", "sin"]);
    expect(await list("images", "?architecture=x86&include_deprecated=true&name=debian-13")).toEqual([
      "debian-13",
    ]);
    expect(await list("images", "?architecture=arm&sort=name:desc")).toHaveLength(5);
    expect(await list("server_types", "?name=cx22")).toEqual([]);
    expect(await list("server_types")).toEqual(
      expect.arrayContaining([
        "cx23",
        "cx33",
        "cx43",
        "cx53",
        "cpx12",
        "cpx22",
        "cpx32",
        "cax11",
        "cax21",
        "ccx13",
      ]),
    );
    for (const path of ["/locations/2", "/images/310557660", "/server_types/114", "/pricing"]) {
      expect((await emulator.call("GET", path)).status).toBe(200);
    }
    for (const path of ["/locations/7", "/images/7", "/server_types/x"]) {
      expect(await emulator.errorOf("GET", path)).toBe("404 not_found");
    }
  });
});
