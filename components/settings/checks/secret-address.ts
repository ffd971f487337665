import { hostNameProblem } from "../../../checklist/hosts/host-names.ts";
import type { SettingFinding } from "../finding.ts";

const explanations = {
  webhook:
    "It must be the whole address of a webhook, https://HOST/PATH. ntfy, Slack, Telegram and others give you one.",
  heartbeat:
    "It must be the whole address that the service gives you for a check, https://HOST/PATH. healthchecks.io calls it the ping URL.",
};

/**
 * Checks an address that the server calls. Everybody who knows it can call it as well, so no message shows any part of
 * it.
 */
export function checkSecretAddress(
  setting: keyof typeof explanations,
  address: string | undefined,
): SettingFinding[] {
  const problem = address === undefined ? undefined : addressProblem(address);
  if (problem === undefined) {
    return [];
  }
  return [
    {
      severity: "error",
      setting,
      problem,
      explanation: explanations[setting],
      command: `pulumi config set --secret ${setting}`,
    },
  ];
}

function addressProblem(address: string): string | undefined {
  if (address.trim() === "") {
    return "is empty";
  }
  // The URL parser would remove them silently.
  if (/[\s\p{Cc}\p{Cf}]/u.test(address)) {
    return "has white space, a line break or an invisible character in it";
  }
  const url = URL.parse(address);
  if (url === null) {
    return "is not an address";
  }
  if (url.protocol !== "https:") {
    return "doesn't start with https://";
  }
  if (hostNameProblem(url.hostname) !== undefined) {
    return "doesn't have a full host name as its host";
  }
  if (url.port !== "") {
    return "has a port, but the server's firewall lets the guard out on port 443 only";
  }
  return undefined;
}
