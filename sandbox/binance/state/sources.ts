import type { Clock } from "../../emulator/clock.ts";
import { banned, blockedByFirewall, restrictedLocation, tooMuchWeight } from "../errors.ts";

/** The state of an address that requests come from. */
interface Source {
  isBlocked: boolean;
  isRestricted: boolean;
  bannedUntil: Date | undefined;
  /** How often it was refused for too much weight, since it was last below the limit. */
  refusals: number;
  /** How often it was banned. */
  bans: number;
  /** Maps counters to the weight used in a minute. */
  readonly used: Map<string, { minute: number; weight: number }>;
}

/** assumed: the address is banned after it ignored the limit this often. Documented: only "repeatedly". */
const refusalsBeforeBan = 10;
/** Documented: bans last from two minutes to three days, and get longer each time. assumed: twice as long. */
const shortestBan = 120;
const longestBan = 3 * 24 * 60 * 60;

/** The addresses that requests come from, as the kernel saw them. Limits and bans are per address, not per key. */
export class Sources {
  readonly #clock: Clock;
  readonly #sources = new Map<string, Source>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws ErrorAnswer if all requests of the address are refused */
  admit(address: string): void {
    const source = this.#of(address);
    // assumed: the order, from the network's edge to the exchange.
    if (source.isBlocked) {
      throw blockedByFirewall();
    }
    if (source.isRestricted) {
      throw restrictedLocation();
    }
    const left = this.#secondsUntil(source.bannedUntil);
    if (source.bannedUntil && left > 0) {
      throw banned(source.bannedUntil, left);
    }
  }

  /**
   * Counts a request's weight.
   *
   * @param counter the name of one of the address's counters
   * @param onUsed gets the weight used so far, including this request, even if that is too much
   * @throws ErrorAnswer if it is too much
   */
  use(address: string, counter: string, weight: number, limit: number, onUsed: (used: number) => void): void {
    const source = this.#of(address);
    const minute = this.#minute;
    const used = weight + this.used(address, counter);
    source.used.set(counter, { minute, weight: used });
    onUsed(used);
    if (used <= limit) {
      source.refusals = 0;
      return;
    }
    source.refusals += 1;
    if (source.refusals > refusalsBeforeBan) {
      this.ban(address, Math.min(shortestBan * 2 ** source.bans, longestBan));
      source.bans += 1;
      this.admit(address);
    }
    throw tooMuchWeight(limit, this.#secondsUntil(new Date((minute + 1) * 60_000)));
  }

  /** The weight that the address has used in this minute. */
  used(address: string, counter: string): number {
    const used = this.#of(address).used.get(counter);
    return used?.minute === this.#minute ? used.weight : 0;
  }

  ban(address: string, seconds: number): void {
    const source = this.#of(address);
    source.bannedUntil = new Date(this.#clock.now().getTime() + seconds * 1000);
    source.refusals = 0;
  }

  /** Makes the web application firewall block it. */
  block(address: string): void {
    this.#of(address).isBlocked = true;
  }

  /** Moves it to a country that Binance doesn't serve. */
  restrict(address: string): void {
    this.#of(address).isRestricted = true;
  }

  /** Forgets everything about it. */
  pardon(address: string): void {
    this.#sources.delete(address);
  }

  /** assumed: the minutes are those of the clock. */
  get #minute(): number {
    return Math.floor(this.#clock.now().getTime() / 60_000);
  }

  #of(address: string): Source {
    const known = this.#sources.get(address);
    if (known) {
      return known;
    }
    const source: Source = {
      isBlocked: false,
      isRestricted: false,
      bannedUntil: undefined,
      refusals: 0,
      bans: 0,
      used: new Map(),
    };
    this.#sources.set(address, source);
    return source;
  }

  #secondsUntil(time: Date | undefined): number {
    return time === undefined ? 0 : Math.ceil((time.getTime() - this.#clock.now().getTime()) / 1000);
  }
}
