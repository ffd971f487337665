// Hetzner's time servers as a process of its own on the private internet. They have the host's clock, which is
// the machines' clock too.
import { createSocket } from "node:dgram";
import * as z from "zod";
import { foldersOfThisRun } from "../run-folders.ts";
import { areTimeServersSilent } from "./doors.ts";
import { replyTo } from "./packet.ts";

const { TIME_HOSTS: hosts } = z
  .object({
    TIME_HOSTS: z
      .string()
      .default("192.0.2.123,192.0.2.124,192.0.2.125")
      .transform((text) => text.split(",")),
  })
  .parse(process.env);
const folders = foldersOfThisRun();
// A clock at stratum 1 that nobody here can ask.
const server = { reference: "192.0.2.1" };

for (const host of hosts) {
  const socket = createSocket("udp4");
  socket.on("message", (request, client) => {
    const received = Date.now();
    if (areTimeServersSilent(folders)) {
      return;
    }
    const reply = replyTo(request, server, received, Date.now());
    if (reply !== undefined) {
      socket.send(reply, client.port, client.address);
    }
  });
  socket.bind(123, host);
}
