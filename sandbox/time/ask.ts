import { createSocket } from "node:dgram";
import { timeRequest } from "./packet.ts";

/** How long an answer may take on the private internet, in milliseconds, before the question counts as lost. */
const patience = 500;

/** Whether a time server answers. */
export function tellsTheTime(address: string): Promise<boolean> {
  const socket = createSocket("udp4");
  return new Promise<boolean>((resolve) => {
    const answer = (value: boolean) => () => {
      resolve(value);
    };
    socket.once("message", answer(true)).once("error", answer(false));
    setTimeout(answer(false), patience).unref();
    socket.send(timeRequest(Date.now()), 123, address);
  }).finally(() => socket.close());
}
