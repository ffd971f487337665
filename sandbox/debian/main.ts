// Debian's mirrors on the private internet. This process passes every connection on to proxy.ts.
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream";
import * as z from "zod";
import { foldersOfThisRun } from "../run-folders.ts";

const { DEBIAN_HOST: host } = z.object({ DEBIAN_HOST: z.string().default("192.0.2.30") }).parse(process.env);
const proxy = join(foldersOfThisRun().disks, "debian.sock");

createServer({ allowHalfOpen: true }, (client) => {
  const onward = connect({ path: proxy, allowHalfOpen: true });
  // Either side may end at any time. The other side is then closed.
  pipeline(client, onward, client, () => undefined);
}).listen(80, host);
