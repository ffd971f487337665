import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { machineAt, runInMachine } from "../../sandbox/machines/inspect.ts";

/** A server as seen from inside, whether it accepts connections or not. */
export class Server {
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }

  /** The folder on the host that holds what the server has written to its disk. */
  get written(): string {
    return machineAt(this.id).written;
  }

  /** Runs a shell script as root; returns its output. Fails if the script does. */
  async run(script: string, stdin = ""): Promise<string> {
    const { code, stdout, stderr } = await runInMachine(this.id, ["bash", "-c", script], { stdin });
    if (code !== 0) {
      throw new Error(`on the server, ${script} failed (${code}): ${stderr || stdout}`);
    }
    return stdout.trim();
  }

  /** The number of SSH logins since the server was made. */
  async logins(): Promise<number> {
    return Number(await this.run("journalctl | grep -c 'Accepted publickey' || true"));
  }

  /** The pair as a unit reads it that has LoadCredentialEncrypted= and nothing else. */
  async pairInUnit(): Promise<unknown> {
    const unit =
      "systemd-run --quiet --pipe --wait --collect -p DynamicUser=yes -p LoadCredentialEncrypted=binance";
    return JSON.parse(await this.run(`${unit} sh -c 'cat "$CREDENTIALS_DIRECTORY/binance"'`));
  }

  /** Writes a file to the server's disk, as a bug in our code would; returns its path on the host. */
  async plant(content: string): Promise<string> {
    const path = `/var/tmp/${randomUUID()}`;
    await this.run(`cat > ${path}`, content);
    return join(this.written, path);
  }
}
