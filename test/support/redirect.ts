/**
 * A module for Node's --import that leads connections to ports of this computer, as REDIRECT_PORTS says: JSON with a port
 * for each host. The programs under test have no such option. A host that isn't listed refuses connections.
 */
export const redirectModule = `
import net from "node:net";
import tls from "node:tls";
import { syncBuiltinESMExports } from "node:module";
const ports = JSON.parse(process.env.REDIRECT_PORTS);
const redirected = (options) =>
  typeof options === "object" && options.host !== undefined && options.socket === undefined
    ? { ...options, servername: options.servername ?? options.host, host: "127.0.0.1", port: ports[options.host] ?? 9 }
    : options;
const netConnect = net.connect;
net.connect = (options, ...rest) => netConnect(redirected(options), ...rest);
const tlsConnect = tls.connect;
tls.connect = (options, ...rest) => tlsConnect(redirected(options), ...rest);
syncBuiltinESMExports();
`;
