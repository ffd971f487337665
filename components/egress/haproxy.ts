import { type AllowedHost, hostText, tlsPorts } from "../../checklist/hosts/allowed-host.ts";

export interface ProxyArgs {
  /** Each host, with the address at which the proxy accepts connections to it. */
  hosts: readonly { host: AllowedHost; address: string }[];
  /** How many connections may be open at the same time, in total and to one host. */
  limit: { total: number; perHost: number };
  /** How many connections may be opened in a second. */
  rate: number;
  /** Its own source ports, so that others can't use up the ports to a host. */
  sourcePorts?: string;
}

/** Addresses that aren't on the internet. server/rootfs/etc/nftables.conf has the same list. */
const notInternet = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
  ...["192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3"],
];

/**
 * HAProxy's settings, besides its section "resolvers server", which write-name-servers makes on the server. It only passes on bytes: TLS is between the program and the host.
 */
export function haproxyConfig({ hosts, limit, rate, sourcePorts }: ProxyArgs): string {
  const source = sourcePorts === undefined ? "" : ` source 0.0.0.0:${sourcePorts}`;
  return `# Written by \`pulumi up\`, from the settings.
global
  maxconn ${limit.total}
  maxsessrate ${rate}
  nbthread 1
  log stdout format raw local0 info

defaults
  mode tcp
  maxconn ${limit.perHost}
  # Only connections that fail. The host's name is from the list, and never what the program has sent.
  log global
  option dontlog-normal
  log-format "%f: %[var(txn.address)], %ts, %B bytes, %Tt ms"
  timeout connect 10s
  timeout client 30s
  timeout server 30s
  # For an open connection. Streams may be silent for a long time.
  timeout tunnel 1d
  timeout client-fin 30s
  timeout server-fin 30s
  # Finds out if the other end of a silent connection is gone.
  option clitcpka
  option srvtcpka
  srvtcpka-idle 60s
  srvtcpka-intvl 10s
  srvtcpka-cnt 6
  default-server${source}

${hosts.map(({ host, address }) => section(host, address)).join("\n")}`;
}

/** One host. It has one address of the proxy's, so its connections can be counted, and closed when it is removed. */
function section(host: AllowedHost, address: string): string {
  const tls = host.ports.every((port) => tlsPorts.includes(port));
  const name = host.wildcard ? "req.ssl_sni,lower" : `str(${host.name})`;
  const hello = [
    "tcp-request content reject unless { req.ssl_hello_type 1 }",
    `tcp-request content reject unless { req.ssl_sni -i ${host.wildcard ? `-m end .` : ""}${host.name} }`,
  ];
  const lines = [
    ...host.ports.map((port) => `bind ${address}:${port}`),
    "tcp-request inspect-delay 10s",
    ...(tls ? hello : []),
    `tcp-request content do-resolve(txn.address,server,ipv4) ${name}`,
    "tcp-request content reject unless { var(txn.address) -m found }",
    `tcp-request content reject if { var(txn.address) -m ip ${notInternet.join(" ")} }`,
    "tcp-request content set-dst var(txn.address)",
    // The address and the port that the program connected to.
    "server host 0.0.0.0",
  ];
  return [`listen ${hostText(host).replace("*.", "below-")}`, ...lines.map((line) => `  ${line}`), ""].join(
    "\n",
  );
}
