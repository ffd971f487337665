/** Where the API is, as it was configured: the hcloud provider reads the same two, in the same order. */
export interface Endpoint {
  /** Undefined: at its usual place. */
  url: string | undefined;
  /** What sets it. */
  source: "hcloud:endpoint" | "HCLOUD_ENDPOINT";
}

/**
 * Decides for every call to Hetzner, the program's and the scripts', where the API is.
 *
 * @param setting the stack's setting hcloud:endpoint
 * @param variable the environment variable HCLOUD_ENDPOINT, which counts if the setting isn't there
 */
export function endpointOf(setting: string | undefined, variable: string | undefined): Endpoint {
  const source = setting === undefined && variable !== undefined ? "HCLOUD_ENDPOINT" : "hcloud:endpoint";
  const url = setting ?? variable;
  return { url: url === "" ? undefined : url, source };
}

/** Whether the API's token would be sent there unencrypted, over a network. */
export function isUnencrypted({ url }: Endpoint): boolean {
  const parsed = url === undefined ? null : URL.parse(url);
  return parsed?.protocol === "http:" && !isLoopback(parsed.hostname);
}

/** What is wrong with an unencrypted endpoint. It follows the endpoint's source in a sentence. */
export const unencryptedProblem = "starts with http://";
export const unencryptedExplanation =
  "Hetzner's API token would be sent there unencrypted. Use https://, or remove it.";

/** The command that removes it. */
export function removal({ source }: Endpoint): string {
  return source === "HCLOUD_ENDPOINT" ? "unset HCLOUD_ENDPOINT" : "pulumi config rm hcloud:endpoint";
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}
