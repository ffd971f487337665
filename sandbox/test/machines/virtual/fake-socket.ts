import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A Unix socket on which a test answers for QEMU. */
export interface FakeSocket {
  path: string;
  end(): Promise<void>;
}

/** @param answer gets each line, without what comes before its JSON */
export async function fakeSocket(
  greet: (client: Socket) => void,
  answer: (line: string, client: Socket) => void,
): Promise<FakeSocket> {
  const folder = mkdtempSync(join(tmpdir(), "socket-"));
  const path = join(folder, "socket");
  const clients = new Set<Socket>();
  const server: Server = createServer((client) => {
    clients.add(client.on("error", () => undefined));
    greet(client);
    createInterface({ input: client }).on("line", (line) => {
      answer(line.slice(line.indexOf("{")), client);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    async end() {
      clients.forEach((client) => client.destroy());
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}
