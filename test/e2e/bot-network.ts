import { until } from "../../sandbox/until.ts";
import type { Server } from "./server.ts";

// What a program sees inside the bot's network, with and without a bot.

/** Runs a shell command as the bot's user, in the bot's network, with the bot's name service. */
export function inBotNetwork(server: Server, command: string): Promise<string> {
  return server.run(
    `nsenter --net=/run/netns/trading-bot unshare --mount sh -c 'mount --bind /etc/trading-bot/resolv.conf /etc/resolv.conf && exec setpriv --reuid=trading-bot --regid=nogroup --clear-groups bash -s' || true`,
    command,
  );
}

/** The HTTP status that a user of the server gets for a page, or curl's reason why there is none. */
export async function fetched(server: Server, user: string, url: string): Promise<string> {
  const curl = `curl --silent --output /dev/null --max-time 10 --write-out '%{http_code} %{errormsg}' ${url}`;
  if (user === "trading-bot") {
    return inBotNetwork(server, curl);
  }
  // As in the guard's units.
  const names =
    "mount --bind /etc/trading-bot-guard/hosts /etc/hosts && mount --bind /dev/null /etc/resolv.conf";
  const prefix = user === "trading-bot-guard" ? `${names} &&` : "";
  return server.run(
    `unshare --mount sh -c "${prefix} exec setpriv --reuid=${user} --regid=nogroup --clear-groups ${curl}" || true`,
  );
}

/** Starts a Python program there that runs until it is stopped, as a unit; its output is in the journal. */
export async function startInBotNetwork(server: Server, unit: string, program: string): Promise<void> {
  const file = `/run/${unit}.py`;
  await server.run(`cat >${file}`, program);
  const properties = [
    "User=trading-bot",
    "NetworkNamespacePath=/run/netns/trading-bot",
    "BindReadOnlyPaths=/etc/trading-bot/resolv.conf:/etc/resolv.conf",
    "LimitNOFILE=200000",
    "Environment=PYTHONUNBUFFERED=1",
  ];
  await server.run(
    `chmod 644 ${file}; systemd-run --quiet --collect --unit=${unit} ${properties.map((p) => `-p ${p}`).join(" ")} python3 ${file}`,
  );
}

/** The lines that such a program has printed. */
export async function printed(server: Server, unit: string): Promise<string[]> {
  return (await server.run(`journalctl -u ${unit} -o cat --no-pager || true`)).split("\n");
}

/** Waits until it has printed a line that is accepted. Fails if it ends without one. */
export async function prints(
  server: Server,
  unit: string,
  accepted: (line: string) => boolean,
): Promise<string> {
  return until(async () => {
    const running = (await server.run(`systemctl is-active ${unit} || true`)) === "active";
    const lines = await printed(server, unit);
    const found = lines.find(accepted);
    if (found === undefined && !running) {
      throw new Error(`${unit} ended: ${lines.join("\n")}`);
    }
    return found;
  });
}

/**
 * A program that keeps a TLS connection to each host, sends a request every 0.2 s, and prints "HOST ended" when its
 * connection ends. "HOST COUNT" is printed for each reply.
 */
export function keepsConnections(hosts: readonly string[]): string {
  return `
import ssl, socket, threading, time
context = ssl.create_default_context()
def keep(host):
    try:
        with context.wrap_socket(socket.create_connection((host, 443), 10), server_hostname=host) as connection:
            connection.settimeout(10)
            count = 0
            while True:
                connection.sendall(b"GET / HTTP/1.1\\r\\nHost: " + host.encode() + b"\\r\\n\\r\\n")
                if not connection.recv(65536):
                    break
                count += 1
                print(host, count)
                time.sleep(0.2)
    except OSError as error:
        print(host, "error", type(error).__name__)
    print(host, "ended")
for host in ${JSON.stringify(hosts)}:
    threading.Thread(target=keep, args=(host,)).start()
`;
}
