import type { WebSocket } from "ws";

/** A client's connection, after its handshake. All times are milliseconds since 1970. */
export interface ConnectionOptions {
  socket: WebSocket;
  /** Resets the TCP connection below. */
  reset: () => void;
  /** The client's address, as the kernel saw it. */
  source: string;
  /** The host and path that the client called. */
  url: string;
  opened: number;
}

/** The close codes of RFC 6455 that are used. */
const goingAway = 1001;
/** Reported for pongs that were late. */
const policyViolation = 1008;

/** Documented. */
const pingEvery = 20_000;
const pongWithin = 60_000;
const lifetime = 24 * 60 * 60_000;
/** Documented until June 2026. Since then the documentation names no time. */
const shutdownNotice = 10 * 60_000;

/** assumed: how many bytes wait for a client that doesn't read, before its connection is reset. */
const mostUnread = 16 * 1024 * 1024;

/** A WebSocket connection, with what Binance does to each: pings, a timeout for pongs, and the end after a day. */
export class Connection {
  readonly source: string;
  readonly url: string;
  readonly opened: number;
  /** Nothing is sent or answered any more, as on a network that loses everything. Only control does this. */
  isSilent = false;
  readonly #socket: WebSocket;
  readonly #reset: () => void;
  #nextPing: number;
  /** The pings since the last pong, with their times. */
  readonly #unanswered = new Map<string, number>();
  #endsAt: number;
  #announcesAt: number | undefined;

  constructor({ socket, reset, source, url, opened }: ConnectionOptions) {
    this.#socket = socket;
    this.#reset = reset;
    this.source = source;
    this.url = url;
    this.opened = opened;
    this.#nextPing = opened + pingEvery;
    this.#endsAt = opened + lifetime;
    this.#announcesAt = this.#endsAt - shutdownNotice;
  }

  /** Sends a message as JSON in a text frame. */
  send(message: object): void {
    this.sendText(JSON.stringify(message));
  }

  sendText(text: string): void {
    this.#write((socket) => {
      socket.send(text);
    });
  }

  /** Answers a client's ping. */
  pong(payload: Buffer): void {
    this.#write((socket) => {
      socket.pong(payload);
    });
  }

  /** Documented: a pong must have the ping's payload. Others are allowed, but don't count. */
  onPong(payload: Buffer): void {
    if (this.#unanswered.has(payload.toString())) {
      this.#unanswered.clear();
    }
  }

  /** Ends the connection because the client broke a rule. */
  refuse(reason: string): void {
    this.#socket.close(policyViolation, reason);
  }

  /** Resets the connection, without a close frame. */
  cut(): void {
    this.#reset();
    this.#socket.terminate();
  }

  /** Plans the end: it is announced now, and comes after this time. */
  shutDown(now: number, milliseconds: number): void {
    this.#announcesAt = now;
    this.#endsAt = now + milliseconds;
  }

  /** When run() must be called next. */
  get due(): number {
    if (this.#socket.readyState !== this.#socket.OPEN) {
      return Infinity;
    }
    return Math.min(this.#nextPing, this.#pongDue, this.#announcesAt ?? Infinity, this.#endsAt);
  }

  /** Does what is due. @param announceEnd sends the event that comes before the end */
  run(now: number, announceEnd: () => void): void {
    if (now >= this.#endsAt) {
      // assumed: the code. Documented: only that the connection ends.
      this.#socket.close(goingAway);
      return;
    }
    if (now >= this.#pongDue) {
      this.refuse("Pong timeout");
      return;
    }
    if (this.#announcesAt !== undefined && now >= this.#announcesAt) {
      this.#announcesAt = undefined;
      announceEnd();
    }
    if (now >= this.#nextPing) {
      this.#ping(now);
    }
  }

  /** Nothing is kept for a client that reads too slowly. */
  #write(write: (socket: WebSocket) => void): void {
    const socket = this.#socket;
    if (this.isSilent || socket.readyState !== socket.OPEN) {
      return;
    }
    write(socket);
    if (socket.bufferedAmount > mostUnread) {
      this.cut();
    }
  }

  #ping(now: number): void {
    this.#nextPing = now + pingEvery;
    if (!this.isSilent) {
      // assumed: the time, as people report. Documented: the client must send it back, whatever it is.
      const payload = String(now);
      this.#socket.ping(payload);
      this.#unanswered.set(payload, now);
    }
  }

  get #pongDue(): number {
    const [firstSent = Infinity] = this.#unanswered.values();
    return firstSent + pongWithin;
  }
}
