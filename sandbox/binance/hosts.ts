// Binance's host names, and what each of them serves over HTTP. services.ts makes them resolve.

const marketData =
  /^\/api\/v3\/(ping|time|exchangeInfo|depth|trades|historicalTrades|aggTrades|klines|uiKlines|avgPrice|ticker(\/.*)?)$/;

interface HostRole {
  names: readonly string[];
  /** The paths that are served. Names of WebSockets serve none; sockets/endpoint.ts has what they do. */
  paths: readonly RegExp[];
}

const realRoles: readonly HostRole[] = [
  {
    names: ["api", "api1", "api2", "api3", "api4", "api-gcp"].map((name) => `${name}.binance.com`),
    paths: [/^\/api\//, /^\/sapi\//],
  },
  { names: ["data-api.binance.vision"], paths: [marketData] },
  { names: ["fapi.binance.com"], paths: [/^\/fapi\//] },
  { names: ["dapi.binance.com"], paths: [/^\/dapi\//] },
  { names: ["eapi.binance.com"], paths: [/^\/eapi\//] },
  // Files with old data. There are none here, and clients then use the API instead.
  { names: ["data.binance.vision"], paths: [] },
  {
    names: [
      ...["stream.binance.com", "ws-api.binance.com", "data-stream.binance.vision"],
      ...["fstream.binance.com", "ws-fapi.binance.com"],
    ],
    paths: [],
  },
];

/** Paper trading. Documented: it has no /sapi. */
const paperRoles: readonly HostRole[] = [
  {
    names: ["demo-api.binance.com", "testnet.binance.vision", "api1.testnet.binance.vision"],
    paths: [/^\/api\//],
  },
  { names: ["demo-fapi.binance.com"], paths: [/^\/fapi\//] },
  { names: ["demo-dapi.binance.com"], paths: [/^\/dapi\//] },
  { names: ["testnet.binancefuture.com"], paths: [/^\/fapi\//, /^\/dapi\//] },
  {
    names: [
      ...["demo-stream.binance.com", "demo-ws-api.binance.com"],
      ...["stream.testnet.binance.vision", "ws-api.testnet.binance.vision"],
      ...["demo-fstream.binance.com", "fstream.binancefuture.com"],
    ],
    paths: [],
  },
];

/** The names of the account with real money. The first is also the certificate's. */
export const realHosts = namesOf(realRoles);

/** The names of the account with play money. */
export const paperHosts = namesOf(paperRoles);

/** The ports at which Binance's clients connect; at the third one, WebSockets without TLS: sockets/plain.ts. */
export const ports = { usual: 443, alternative: 9443, plain: 8080 };

/** A name that isn't Binance's, at which the WebSockets without TLS can be called. */
export const plainHost = "binance-without-tls.example.net";

const pathsOf = new Map(
  [...realRoles, ...paperRoles].flatMap(({ names, paths }) => names.map((name) => [name, paths] as const)),
);

/** Whether a host serves a path. A name that isn't Binance's, as in a test without names, serves everything. */
export function isServedAt(host: string, path: string): boolean {
  const paths = pathsOf.get(host.replace(/:\d+$/, ""));
  // The sandbox requests "/" to see if the service answers.
  return paths === undefined || path === "/" || paths.some((pattern) => pattern.test(path));
}

function namesOf(roles: readonly HostRole[]): [string, ...string[]] {
  const [first = "", ...others] = roles.flatMap(({ names }) => names);
  return [first, ...others];
}
