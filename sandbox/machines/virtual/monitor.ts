import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import * as z from "zod";
import { until } from "../../until.ts";

/** A line of QEMU's monitor protocol (QMP), as far as it is used here. */
const message = z.object({
  id: z.number().optional(),
  return: z.unknown().optional(),
  error: z.object({ desc: z.string() }).optional(),
  event: z.string().optional(),
  data: z.object({ reason: z.string().optional(), device: z.string().optional() }).optional(),
});
type Message = z.infer<typeof message>;

const ended: Message = { error: { desc: "QEMU has ended" } };

/** A connection to a virtual machine's QEMU, as long as that runs. */
export class Monitor {
  readonly #socket: Socket;
  readonly #events: Message[] = [];
  readonly #waiting = new Map<number, (answer: Message) => void>();
  #lastId = 0;
  #hasEnded = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => undefined);
    const lines = createInterface({ input: socket }).on("line", (line) => {
      this.#receive(message.parse(JSON.parse(line)));
    });
    lines.once("close", () => {
      this.#hasEnded = true;
      for (const answer of this.#waiting.values()) {
        answer(ended);
      }
    });
  }

  /** @param hopeless returns a reason as soon as QEMU can't answer any more */
  static async connect(path: string, hopeless: () => string | undefined): Promise<Monitor> {
    const monitor = new Monitor(await until(() => connected(path), hopeless));
    await monitor.execute("qmp_capabilities");
    return monitor;
  }

  /** Runs a command of QEMU. */
  async execute(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const id = ++this.#lastId;
    const answer = this.#hasEnded ? ended : await this.#ask(id, command, args);
    this.#waiting.delete(id);
    if (answer.error !== undefined) {
      throw new Error(`QEMU refuses ${command}: ${answer.error.desc}`);
    }
  }

  #ask(id: number, command: string, args: Readonly<Record<string, unknown>>): Promise<Message> {
    return new Promise<Message>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    });
  }

  /** Whether the machine has ended because its system wanted to start again. */
  get hasSeenReset(): boolean {
    return this.#events.some(({ event, data }) => event === "SHUTDOWN" && data?.reason === "guest-reset");
  }

  /** How often a device was removed. */
  removals(device: string): number {
    return this.#events.filter(({ event, data }) => event === "DEVICE_DELETED" && data?.device === device)
      .length;
  }

  #receive(received: Message): void {
    if (received.event !== undefined) {
      this.#events.push(received);
    } else if (received.id !== undefined) {
      this.#waiting.get(received.id)?.(received);
    }
  }
}

/** A connection to a Unix socket, or undefined if nobody listens. */
export function connected(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path)
      .once("connect", () => {
        resolve(socket);
      })
      .once("error", () => {
        resolve(undefined);
      });
  });
}
