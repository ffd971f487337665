import type { SettingFinding } from "./finding.ts";
import { examineHostName } from "./host-names.ts";

/**
 * Checks where the server sends its warnings. Whoever knows the address can write there, so that no message
 * shows any of it.
 */
export function examineWebhook(address: string | undefined, setting: string): SettingFinding[] {
  const problem = address === undefined ? undefined : findProblem(address);
  if (problem === undefined) {
    return [];
  }
  return [
    {
      severity: "error",
      setting,
      problem,
      explanation:
        "It is the whole address of a webhook, https://HOST/PATH, as ntfy, Slack, Telegram and others give one.",
      command: `pulumi config set --secret ${setting}`,
    },
  ];
}

function findProblem(address: string): string | undefined {
  if (address.trim() === "") {
    return "is empty";
  }
  // The URL parser would drop them in silence.
  if (/[\s\p{Cc}\p{Cf}]/u.test(address)) {
    return "has white space, a line break or an invisible character in it";
  }
  const url = URL.parse(address);
  if (url === null) {
    return "is no address";
  }
  if (url.protocol !== "https:") {
    return "doesn't start with https://";
  }
  if (examineHostName(url.hostname) !== undefined) {
    return "doesn't name its host by a full host name";
  }
  if (url.port !== "") {
    return "names a port, while the server's firewall lets warnings out by port 443 only";
  }
  return undefined;
}
