/** The parameters of a request, in query and body. */
export interface Parameters {
  /** Decoded. Documented: if both have a parameter, the query's value counts. */
  values: ReadonlyMap<string, string>;
  /** Whether query or body has a parameter more than once. */
  hasDuplicates: boolean;
  /** What was signed: query and body, joined, byte for byte as sent, without the signature itself. */
  payload: Buffer;
}

/**
 * assumed: the signature may be anywhere, and `+` is a space, as in every form. The documentation shows it last
 * and percent-encoded.
 */
export function readParameters(query: string, body: Buffer): Parameters {
  // One character per byte, so that the rest stays unchanged when the signature is cut out.
  const sources = [query, body.toString("latin1")].map((text) => text.split("&"));
  const payload = sources
    .map((pairs) => pairs.filter((pair) => nameOf(pair) !== "signature").join("&"))
    .join("");
  const [queried = new URLSearchParams(), posted = new URLSearchParams()] = [
    query,
    body.toString("utf8"),
  ].map((text) => new URLSearchParams(text));
  return {
    values: new Map([...posted, ...queried]),
    hasDuplicates: [queried, posted].some((one) => new Set(one.keys()).size < one.size),
    payload: Buffer.from(payload, "latin1"),
  };
}

/** The parameters that a log never has. */
export const secretNames: readonly string[] = ["signature", "listenKey"];

/**
 * A path with its query, safe for a log: without the signature, the request can't be sent again, and without the listen
 * key, the account can't be watched.
 */
export function redact(url: string): string {
  const [path = "", ...rest] = url.split("?");
  if (rest.length === 0) {
    return redactedPath(path);
  }
  const pairs = rest
    .join("?")
    .split("&")
    .map((pair) => {
      const name = nameOf(pair) ?? "";
      const isSecret = secretNames.includes(name) || (name === "streams" && path.startsWith("/private/"));
      return isSecret ? `${name}=[redacted]` : pair;
    });
  return `${redactedPath(path)}?${pairs.join("&")}`;
}

/** A listen key may also be a part of the path. */
function redactedPath(path: string): string {
  return path.replace(/^(\/private\/(?:ws|stream)\/).+/, "$1[redacted]");
}

function nameOf(pair: string): string | undefined {
  return new URLSearchParams(pair).keys().next().value;
}
