import type * as z from "zod";
import { EmulatorControl } from "../emulator/control-client.ts";
import {
  type AccountEdit,
  type CreatedKey,
  createdKey,
  type Fault,
  type KeyEdit,
  keyList,
  type keyWish,
  type ListedKey,
  listedKey,
  type LoggedRequest,
  loggedRequest,
  type Verdict,
  type WeightLimits,
} from "./control-protocol.ts";

export type {
  AccountEdit,
  CreatedKey,
  Fault,
  KeyEdit,
  ListedKey,
  LoggedRequest,
  Verdict,
  WeightLimits,
} from "./control-protocol.ts";

/**
 * The doors behind the emulated API: what the account's owner does on Binance's website, and what only tests do.
 * The program under test never knows them. What Binance would refuse throws a Refusal.
 */
export class BinanceControl extends EmulatorControl<LoggedRequest, Fault> {
  /** @param socket the path of the emulator's control socket */
  constructor(socket: string) {
    super(socket, loggedRequest);
  }

  /** All keys of the account, without their secrets. */
  async keys(): Promise<ListedKey[]> {
    return keyList.parse(await this.call("GET", "/keys")).keys;
  }

  /** @returns the key with its secret, which nothing shows again */
  async createKey(wish: z.input<typeof keyWish>): Promise<CreatedKey> {
    return createdKey.parse(await this.call("POST", "/keys", wish));
  }

  /** @param name a key's id, label or API key */
  async editKey(name: string, edit: KeyEdit): Promise<ListedKey> {
    return listedKey.parse(await this.call("PATCH", `/keys/${encodeURIComponent(name)}`, edit));
  }

  /** @param name a key's id, label or API key */
  async deleteKey(name: string): Promise<void> {
    await this.call("DELETE", `/keys/${encodeURIComponent(name)}`);
  }

  /** Changes balances, status, locks or withdrawal addresses; what isn't named stays. */
  async editAccount(edit: AccountEdit): Promise<void> {
    await this.call("PATCH", "/account", edit);
  }

  /** Takes a symbol off the market, or puts it back. */
  async setTrading(symbol: string, isTraded: boolean): Promise<void> {
    await this.call("PUT", `/symbols/${symbol}`, { status: isTraded ? "TRADING" : "BREAK" });
  }

  /** Bans, blocks, restricts or pardons whoever sends from an address. */
  async judge(address: string, verdict: Verdict): Promise<void> {
    await this.call("PUT", `/sources/${address}`, verdict);
  }

  /** How much weight an address may use in a minute: of /api in all, of each call of /sapi. */
  async setWeightLimits(limits: WeightLimits): Promise<void> {
    await this.call("PUT", "/weight-limits", limits);
  }

  /** How far Binance's clock is ahead of the machine's, in milliseconds; negative where it is behind. */
  async setClockOffset(milliseconds: number): Promise<void> {
    await this.call("PUT", "/clock", { milliseconds });
  }
}
