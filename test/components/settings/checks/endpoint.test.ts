import { expect, test } from "@jest/globals";
import { parseWith } from "../support.ts";

test.each(["http://api.hetzner.cloud/v1", "HTTP://127.0.0.1.example.com"])(
  "an endpoint without encryption is refused: %s",
  (endpoint) => {
    const { settings, findings } = parseWith({ "hcloud:endpoint": endpoint });
    expect(settings).toBeUndefined();
    expect(findings).toMatchObject([
      { severity: "error", setting: "hcloud:endpoint", problem: "starts with http://" },
    ]);
  },
);

test("HCLOUD_ENDPOINT counts if the setting isn't there, and is checked as well", () => {
  const unencrypted = "http://api.hetzner.cloud/v1";
  expect(parseWith({}, [], "https://there/v1").settings?.hetzner.endpoint).toBe("https://there/v1");
  expect(parseWith({}, [], "").settings?.hetzner.endpoint).toBeUndefined();
  expect(parseWith({}, [], unencrypted).findings).toMatchObject([
    { severity: "error", setting: "HCLOUD_ENDPOINT", command: "unset HCLOUD_ENDPOINT" },
  ]);
  const { settings } = parseWith({ "hcloud:endpoint": "https://here/v1" }, [], unencrypted);
  expect(settings?.hetzner.endpoint).toBe("https://here/v1");
});

test.each(["https://example.com/v1", "http://127.0.0.1:8080/v1", "http://localhost:1", "http://[::1]:1"])(
  "an endpoint is accepted: %s",
  (endpoint) => {
    expect(parseWith({ "hcloud:endpoint": endpoint }).findings).toEqual([]);
  },
);
