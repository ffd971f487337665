import type { BinanceControl, OpenSocket, SocketChange } from "../control.ts";
import { exactly, UsageError, type Verb, wholeNumber } from "./verb.ts";

export const socketVerbs: Verb[] = [
  {
    name: "sockets",
    args: "",
    about: "lists the open WebSockets",
    run: async (control, args) => {
      exactly(args);
      const open = await control.sockets();
      return open.length === 0 ? "No WebSocket is open.\n" : open.map(described).join("");
    },
  },
  {
    name: "cut",
    args: "[api|streams]",
    about: "resets the connections of all open WebSockets, or of one kind",
    run: (control, args) => change(control, args, { kind: "cut" }),
  },
  {
    name: "silence",
    args: "[api|streams]",
    about: "leaves WebSockets open, but sends nothing on them any more, not even pings",
    run: (control, args) => change(control, args, { kind: "silence" }),
  },
  {
    name: "shut-down",
    args: "SECONDS [api|streams]",
    about: "sends the event serverShutdown, and closes the WebSockets after this time",
    run: (control, args) => {
      const [seconds = "", ...kind] = args;
      return change(control, kind, { kind: "shut-down", seconds: wholeNumber(seconds) });
    },
  },
  {
    name: "delay-events",
    args: "MILLISECONDS",
    about: "sends the account's events this much later; 0 ends that",
    run: async (control, args) => {
      const [milliseconds = ""] = exactly(args, "MILLISECONDS");
      await control.changeSockets({ kind: "delay-events", milliseconds: wholeNumber(milliseconds) });
      return `The account's events are sent ${milliseconds} ms late.\n`;
    },
  },
  {
    name: "lose-depth",
    args: "EVENTS",
    about: "loses the next events of each depth stream",
    run: async (control, args) => {
      const [events = ""] = exactly(args, "EVENTS");
      await control.changeSockets({ kind: "lose-depth", events: wholeNumber(events) });
      return `Each depth stream loses its next ${events} events.\n`;
    },
  },
];

async function change(control: BinanceControl, args: string[], wanted: SocketChange): Promise<string> {
  const hit = await control.changeSockets({ ...wanted, only: kindIn(args) });
  return `${wanted.kind}: ${hit.length} WebSocket${hit.length === 1 ? "" : "s"}.\n`;
}

function kindIn(args: string[]): "api" | "streams" | undefined {
  if (args.length === 0) {
    return undefined;
  }
  const [kind = ""] = exactly(args, "api or streams");
  if (kind !== "api" && kind !== "streams") {
    throw new UsageError(`a WebSocket is of the kind api or streams, not "${kind}"`);
  }
  return kind;
}

function described({ kind, source, url, opened, streams, apiKey, isSilent }: OpenSocket): string {
  const details = [...streams, ...(apiKey === null ? [] : [`logged on: ${apiKey}`])];
  return `${kind} ${url} from ${source}, open since ${opened}${isSilent ? ", silent" : ""}
  ${details.join(" ") || "nothing"}
`;
}
