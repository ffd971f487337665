import { expect, test } from "@jest/globals";
import { deviations } from "./support/deviations.ts";
import { startEmulator } from "./support/emulator.ts";
import { checkAgainstOpenApi, metDeviations } from "./support/openapi.ts";
import { makeIp, makeServer } from "./support/things.ts";

test("every listed deviation from Hetzner's description occurs, so that none is listed without need", async () => {
  const emulator = await startEmulator();
  await makeIp(emulator);
  await makeServer(emulator);
  for (const path of ["/primary_ips", "/servers", "/server_types", "/images"]) {
    await emulator.call("GET", path);
  }
  expect(deviations.filter((deviation) => !metDeviations.has(deviation))).toEqual([]);
});

test("other deviations are found", () => {
  const check = (status: number, body: unknown) => () => {
    checkAgainstOpenApi("GET", "/locations", status, body);
  };
  const location = {
    id: 1,
    name: "fsn1",
    description: "",
    country: "DE",
    city: "",
    latitude: 1,
    longitude: 1,
    network_zone: "eu-central",
  };
  const pagination = {
    page: 1,
    per_page: 25,
    previous_page: null,
    next_page: null,
    last_page: 1,
    total_entries: 1,
  };
  expect(check(200, { locations: [location], meta: { pagination } })).not.toThrow();
  expect(check(200, { locations: [{ ...location, id: "1" }], meta: { pagination } })).toThrow(
    "/locations/[]/id",
  );
  expect(check(200, { locations: [{ ...location, invented: 1 }], meta: { pagination } })).toThrow("invented");
  expect(check(200, { locations: [] })).toThrow("required meta");
  expect(check(201, {})).toThrow("not documented");
  expect(check(404, { error: "not found" })).toThrow("/error");
});
