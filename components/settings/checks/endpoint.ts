import type { SettingFinding } from "../finding.ts";

/** The token goes to this address with each call, so the connection must be encrypted. */
export function checkEndpoint(endpoint: string | undefined): SettingFinding[] {
  const url = endpoint === undefined ? null : URL.parse(endpoint);
  if (url?.protocol !== "http:" || isLoopback(url.hostname)) {
    return [];
  }
  return [
    {
      severity: "error",
      setting: "hcloud:endpoint",
      problem: "starts with http://",
      explanation:
        "Hetzner's API token would be sent there unencrypted. Use https://, or remove the setting.",
      command: "pulumi config rm hcloud:endpoint",
    },
  ];
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}
