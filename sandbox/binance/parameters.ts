/** What a request was sent with, in query and body. */
export interface Parameters {
  /** Decoded. Documented: where both have a parameter, the query's counts. */
  values: ReadonlyMap<string, string>;
  /** Whether query or body has a parameter more than once. */
  hasDuplicates: boolean;
  /** What the signature is over: query and body, joined, byte for byte as sent, without the signature itself. */
  payload: Buffer;
}

/**
 * assumed: the signature may stand anywhere, and `+` is a space, as in any form. The documentation shows it last
 * and percent-encoded.
 */
export function readParameters(query: string, body: Buffer): Parameters {
  // One character a byte, so that cutting out the signature leaves the rest as it was.
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

/** A path with its query, fit for a log: whoever reads it can't send the request again. */
export function redact(url: string): string {
  const [path = "", ...rest] = url.split("?");
  if (rest.length === 0) {
    return path;
  }
  const pairs = rest
    .join("?")
    .split("&")
    .map((pair) => (nameOf(pair) === "signature" ? "signature=[redacted]" : pair));
  return `${path}?${pairs.join("&")}`;
}

function nameOf(pair: string): string | undefined {
  return new URLSearchParams(pair).keys().next().value;
}
