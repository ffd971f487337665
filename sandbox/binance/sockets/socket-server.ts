import type { IncomingMessage, Server } from "node:http";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { resetConnection } from "../../emulator/connections.ts";
import { codedError, ErrorAnswer } from "../errors.ts";
import { redact } from "../parameters.ts";
import { asErrorAnswer, reportBug } from "../report-bug.ts";
import type { Exchange } from "../state/exchange.ts";
import { Alarm } from "./alarm.ts";
import { ApiSession } from "./api/api-session.ts";
import { Connection } from "./connection.ts";
import type { Endpoint, FuturesEndpoint } from "./endpoint.ts";
import { AccountStream } from "./futures/account-stream.ts";
import { futuresMessageLimit, hubFor, openFuturesStream } from "./futures/streams.ts";
import { Handshakes, hostOf, refuse, sourceOf } from "./handshake.ts";
import type { Session } from "./session.ts";
import { SlidingWindow } from "./sliding-window.ts";
import { openStream } from "./streams/channel.ts";
import { StreamHub } from "./streams/stream-hub.ts";
import { StreamSession } from "./streams/stream-session.ts";
import { UserData } from "./user-data.ts";

/** An open connection and what it is used for. */
export interface Client {
  connection: Connection;
  session: Session;
}

/** All WebSockets of the exchange: market streams and the WebSocket API. */
export class SocketServer {
  readonly clients = new Set<Client>();
  readonly streams: StreamHub;
  readonly futuresStreams: StreamHub;
  readonly userData: UserData;
  readonly futuresUserData: UserData;
  readonly #exchange: Exchange;
  readonly #handshakes: Handshakes;
  readonly #alarm: Alarm;
  #willSchedule = false;
  // Pongs are sent by hand, because a silent connection sends none.
  readonly #webSockets = new WebSocketServer({ noServer: true, clientTracking: false, autoPong: false });

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    this.#handshakes = new Handshakes(exchange);
    const { clock, trading, futures } = exchange;
    const onEvent = () => {
      this.#scheduleSoon();
    };
    this.streams = new StreamHub({
      clock,
      open: (stream, now) => openStream(exchange.market, stream, now),
      advance: () => trading.advance(),
    });
    this.userData = new UserData(
      {
        clock,
        advance: () => trading.advance(),
        isIdle: () => trading.openOrders().length === 0,
        nextEventUntil: (time) => trading.nextEventUntil(time),
        listen: (accept) => trading.events.on("event", accept),
      },
      onEvent,
    );
    this.futuresStreams = new StreamHub({
      clock,
      open: (stream, now) => openFuturesStream(futures.market, stream, now),
      advance: () => futures.advance(),
    });
    this.futuresUserData = new UserData(
      {
        clock,
        advance: () => futures.advance(),
        isIdle: () => futures.isIdle,
        nextEventUntil: (time) => futures.nextEventUntil(time),
        listen: (accept) => futures.events.on("event", accept),
      },
      onEvent,
    );
    this.#alarm = new Alarm(exchange.clock, () => {
      this.#run();
    });
  }

  /** Accepts WebSockets at a server that already listens, or will. */
  attach(server: Server): void {
    server.on("upgrade", (request: IncomingMessage, _socket, head: Buffer) => {
      void this.#onUpgrade(request, head);
    });
  }

  /** Cuts all connections. */
  close(): void {
    for (const { connection } of this.clients) {
      connection.cut();
    }
    this.#alarm.set(undefined);
  }

  /** Must be called when something may be due earlier than before. */
  schedule(): void {
    const due = [...this.clients].map(({ connection }) => connection.due);
    const streams = [this.streams, this.futuresStreams].map((hub) => hub.due());
    const accounts = [this.userData, this.futuresUserData].map((userData) => userData.due(this.now));
    const next = Math.min(...due, ...streams, ...accounts);
    this.#alarm.set(next === Infinity ? undefined : next);
  }

  /** The exchange's time. */
  get now(): number {
    return this.#exchange.clock.now().getTime();
  }

  /** Events come from within the engine, which must finish first. */
  #scheduleSoon(): void {
    if (!this.#willSchedule) {
      this.#willSchedule = true;
      queueMicrotask(() => {
        this.#willSchedule = false;
        this.schedule();
      });
    }
  }

  #run(): void {
    const now = this.now;
    try {
      this.userData.run(now);
      this.futuresUserData.run(now);
      this.streams.run(now);
      this.futuresStreams.run(now);
      for (const { connection, session } of this.clients) {
        connection.run(now, () => {
          session.announceEnd(now);
        });
      }
    } catch (error) {
      reportBug(this.#exchange, "sending events", error);
    }
    this.schedule();
  }

  async #onUpgrade(request: IncomingMessage, head: Buffer): Promise<void> {
    // A client that goes away in the handshake needs no answer.
    request.socket.on("error", () => undefined);
    const { log, clock, faults } = this.#exchange;
    const path = redact(request.url ?? "");
    const entry = log.add({ method: "GET", path, source: sourceOf(request), status: null });
    const effect = faults.takeFor("GET", path);
    try {
      switch (effect?.kind) {
        case "error":
          throw codedError(effect.status, effect.code, effect.message, effect.headers);
        case "garbage":
          throw new ErrorAnswer(effect.status, effect.body);
        case "hang":
          return;
        case "reset":
        case "lose-answer":
          resetConnection(request.socket);
          return;
        case "slow":
          await clock.wait(effect.milliseconds);
          break;
        case "hold":
          await faults.untilCleared();
          break;
        case undefined:
          break;
      }
      const endpoint = this.#handshakes.admit(request);
      this.#webSockets.handleUpgrade(request, request.socket, head, (socket) => {
        entry.status = 101;
        this.#accept(socket, request, endpoint);
      });
    } catch (error) {
      const answer = asErrorAnswer(this.#exchange, `the handshake of ${path}`, error);
      entry.status = answer.status;
      refuse(request, answer);
    }
  }

  #accept(socket: WebSocket, request: IncomingMessage, endpoint: Endpoint): void {
    const connection = new Connection({
      socket,
      reset: () => {
        resetConnection(request.socket);
      },
      source: sourceOf(request),
      url: `${hostOf(request)}${redact(request.url ?? "")}`,
      opened: this.now,
    });
    const session = this.#sessionFor(endpoint, connection);
    const client = { connection, session };
    this.clients.add(client);
    this.#listen(socket, client);
    this.schedule();
  }

  #sessionFor(endpoint: Endpoint, connection: Connection): Session {
    switch (endpoint.kind) {
      case "api":
        return new ApiSession(this.#exchange, endpoint, connection, this.userData);
      case "streams":
        return new StreamSession(this.#exchange, endpoint, connection, this.streams);
      case "futures":
        return this.#futuresSession(endpoint, connection);
    }
  }

  #futuresSession(endpoint: FuturesEndpoint, connection: Connection): Session {
    const { category, events } = endpoint;
    const hub =
      category === "private"
        ? new AccountStream(this.#exchange, this.futuresUserData, events)
        : hubFor(category, this.futuresStreams, this.#exchange.report);
    const streams = {
      ...endpoint,
      timeUnit: "MILLISECOND" as const,
      messageLimit: futuresMessageLimit,
      areSecret: category === "private",
    };
    return new StreamSession(this.#exchange, streams, connection, hub);
  }

  #listen(socket: WebSocket, client: Client): void {
    const { connection, session } = client;
    const limit = session.messageLimit;
    const messages = limit === undefined ? undefined : new SlidingWindow(limit, 1000);
    const receive = (handle: () => void) => {
      if (messages?.add(this.now) === false) {
        connection.refuse("Too many requests");
      } else if (!connection.isSilent) {
        handle();
        this.schedule();
      }
    };
    socket.on("message", (data: RawData) => {
      receive(() => {
        session.receive(textOf(data));
      });
    });
    socket.on("ping", (payload: Buffer) => {
      receive(() => {
        connection.pong(payload);
      });
    });
    socket.on("pong", (payload: Buffer) => {
      receive(() => {
        connection.onPong(payload);
      });
    });
    // A frame that isn't one: ws closes the connection.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.clients.delete(client);
      session.onClose();
      this.schedule();
    });
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) {
    return Buffer.concat(data).toString();
  }
  return Buffer.from(data instanceof ArrayBuffer ? new Uint8Array(data) : data).toString();
}
