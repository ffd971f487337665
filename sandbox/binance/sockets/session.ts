/** What a connection is used for. */
export interface Session {
  /** Gets a message that the client has sent. */
  receive(text: string): void;
  /** Documented for streams only: a client may send this many messages a second, with pings and pongs. */
  readonly messageLimit: number | undefined;
  /** What the control API shows. */
  readonly summary: { kind: "api" | "streams"; streams: string[]; apiKey: string | null };
  /** Sends the event that comes before the server ends the connection. */
  announceEnd(now: number): void;
  /** The connection has ended. */
  onClose(): void;
}
