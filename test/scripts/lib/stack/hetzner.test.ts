import { expect, test } from "@jest/globals";
import { UserError } from "../../../../scripts/lib/command/user-error.ts";
import { hetznerAccess } from "../../../../scripts/lib/stack/hetzner.ts";

function access(settings: Record<string, string>, variable?: string) {
  const config = Object.entries(settings).map(([name, value]) => [name, { value, secret: true }]);
  return hetznerAccess(JSON.stringify(Object.fromEntries(config)), variable);
}

test("token and endpoint come from the settings, and the endpoint from HCLOUD_ENDPOINT if it isn't set", () => {
  const token = { "hcloud:token": "secret" };
  expect(access(token)).toEqual({ token: "secret", endpoint: undefined });
  expect(access(token, "")).toEqual({ token: "secret", endpoint: undefined });
  expect(access(token, "https://there/v1")).toEqual({ token: "secret", endpoint: "https://there/v1" });
  expect(access({ ...token, "hcloud:endpoint": "https://here/v1" }, "https://there/v1")).toEqual({
    token: "secret",
    endpoint: "https://here/v1",
  });
});

test("an endpoint without encryption is refused, with the command that removes it; a local one isn't", () => {
  const token = { "hcloud:token": "secret" };
  const unencrypted = "http://api.hetzner.cloud/v1";
  expect(() => access(token, unencrypted)).toThrow(
    "HCLOUD_ENDPOINT starts with http://. Hetzner's API token would be sent there unencrypted. Use https://, or remove it.\n  unset HCLOUD_ENDPOINT",
  );
  expect(() => access({ ...token, "hcloud:endpoint": unencrypted })).toThrow(
    "pulumi config rm hcloud:endpoint",
  );
  expect(access(token, "http://127.0.0.1:8080")).toMatchObject({ endpoint: "http://127.0.0.1:8080" });
});

test.each([[{}], [{ "hcloud:token": "" }]])("without a token, the message says how to set it", (settings) => {
  expect(() => access(settings)).toThrow(UserError);
  expect(() => access(settings)).toThrow("pulumi config set --secret hcloud:token");
});
