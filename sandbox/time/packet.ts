/** The part of NTP version 4 (RFC 5905) that a server needs which has the right time: 48 bytes each way. */
const length = 48;

const clientMode = 3;
const serverMode = 4;

/** NTP counts from 1900, Unix from 1970. */
const unixEpoch = 2_208_988_800;

/** What a server says of itself. */
export interface TimeServer {
  /** Whom it has its time from, in IPv4: of a server at stratum 2 that is its reference id. */
  reference: string;
}

/**
 * The reply to a request for the time, or undefined for what is none.
 *
 * @param received when the request came, by the host's clock, in milliseconds since 1970
 * @param sent when the reply leaves, by the same clock
 */
export function replyTo(
  request: Buffer,
  { reference }: TimeServer,
  received: number,
  sent: number,
): Buffer | undefined {
  if (request.length < length) {
    return undefined;
  }
  const first = request.readUInt8(0);
  const version = (first >> 3) & 7;
  if ((first & 7) !== clientMode || version < 3 || version > 4) {
    return undefined;
  }
  const reply = Buffer.alloc(length);
  // No leap second is near.
  reply.writeUInt8((version << 3) | serverMode, 0);
  reply.writeUInt8(2, 1);
  reply.writeInt8(request.readInt8(2), 2);
  // A clock that is read in milliseconds: 2 to the power of -10 seconds.
  reply.writeInt8(-10, 3);
  writeSeconds(reply, 4, 0.001);
  writeSeconds(reply, 8, 0.001);
  Buffer.from(reference.split(".").map(Number)).copy(reply, 12);
  // The host's clock is always right: it was compared a second ago.
  writeTime(reply, 16, received - 1000);
  // The client recognizes the reply by what it sent.
  request.copy(reply, 24, 40, 48);
  writeTime(reply, 32, received);
  writeTime(reply, 40, sent);
  return reply;
}

/** A request for the time, as a simple client sends it. */
export function timeRequest(now: number): Buffer {
  const request = Buffer.alloc(length);
  request.writeUInt8((4 << 3) | clientMode, 0);
  writeTime(request, 40, now);
  return request;
}

/** Seconds in 16 bits, and their fraction in 16 bits. */
function writeSeconds(packet: Buffer, offset: number, seconds: number): void {
  packet.writeUInt32BE(Math.round(seconds * 2 ** 16), offset);
}

/** Seconds in 32 bits, which begin anew in 2036, and their fraction in 32 bits. */
function writeTime(packet: Buffer, offset: number, milliseconds: number): void {
  const seconds = Math.floor(milliseconds / 1000);
  packet.writeUInt32BE((seconds + unixEpoch) % 2 ** 32, offset);
  packet.writeUInt32BE(Math.floor(((milliseconds - seconds * 1000) / 1000) * 2 ** 32), offset + 4);
}
