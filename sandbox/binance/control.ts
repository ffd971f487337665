import type * as z from "zod";
import { EmulatorControl } from "../emulator/control-client.ts";
import { type LoggedRequestFrom, loggedRequestFrom } from "../emulator/control-protocol.ts";
import {
  type AccessChange,
  type AccountEdit,
  type CreatedKey,
  createdKey,
  type Fault,
  type KeyEdit,
  keyList,
  type keyRequest,
  type ListedKey,
  listedKey,
  type OpenSocket,
  type SocketChange,
  socketList,
  type WeightLimits,
} from "./control-protocol.ts";
import { type FuturesTransfer, type ListedFutures, listedFutures } from "./futures/control-protocol.ts";
import {
  changedPrice,
  type PriceChange,
  type ServiceEdit,
  type ShownPrice,
  shownPrice,
} from "./market/control-protocol.ts";
import {
  type ListedOrder,
  listedOrder,
  type OrderFill,
  orderList,
  type OrderQuery,
  type TradeList,
  tradeList,
  type Transfer,
} from "./trading/control-protocol.ts";

export type {
  AccessChange,
  AccountEdit,
  CreatedKey,
  Fault,
  KeyEdit,
  ListedKey,
  OpenSocket,
  SocketChange,
  WeightLimits,
} from "./control-protocol.ts";
export type { ListedOrder, TradeList } from "./trading/control-protocol.ts";

/**
 * A client of the emulator's control API: what the account's owner does on Binance's website, and what only tests do.
 * The program under test never uses it. What Binance would refuse throws a RuleViolation.
 */
export class BinanceControl extends EmulatorControl<LoggedRequestFrom, Fault> {
  /** @param socket the path of the emulator's control socket */
  constructor(socket: string) {
    super(socket, loggedRequestFrom);
  }

  /** All keys of the account, without their secrets. */
  async keys(): Promise<ListedKey[]> {
    return keyList.parse(await this.call("GET", "/keys")).keys;
  }

  /** @returns the key with its secret, which is never shown again */
  async createKey(request: z.input<typeof keyRequest>): Promise<CreatedKey> {
    return createdKey.parse(await this.call("POST", "/keys", request));
  }

  /** @param name a key's id, label or API key */
  async editKey(name: string, edit: KeyEdit): Promise<ListedKey> {
    return listedKey.parse(await this.call("PATCH", `/keys/${encodeURIComponent(name)}`, edit));
  }

  /** @param name a key's id, label or API key */
  async deleteKey(name: string): Promise<void> {
    await this.call("DELETE", `/keys/${encodeURIComponent(name)}`);
  }

  /** Changes balances, status, locks or withdrawal addresses. What isn't named stays. */
  async editAccount(edit: AccountEdit): Promise<void> {
    await this.call("PATCH", "/account", edit);
  }

  /** The account's orders; all of them without a query. */
  async orders(query: OrderQuery = {}): Promise<ListedOrder[]> {
    const sent = new URLSearchParams();
    for (const [name, value = ""] of Object.entries(query)) {
      sent.set(name, value);
    }
    return orderList.parse(await this.call("GET", `/orders?${sent.toString()}`)).orders;
  }

  /** The account's trades of a symbol, and the profit or loss that they have come to. */
  async trades(symbol: string): Promise<TradeList> {
    return tradeList.parse(await this.call("GET", `/trades/${symbol}`));
  }

  /** Cancels all open orders of the account. */
  async cancelOrders(): Promise<void> {
    await this.call("DELETE", "/orders");
  }

  /** Fills an order at its price, wholly or partly, as if somebody had traded with it. */
  async fillOrder(orderId: number, fill: OrderFill = {}): Promise<ListedOrder> {
    return listedOrder.parse(await this.call("POST", `/orders/${orderId}/fills`, fill));
  }

  /** Adds to what is free of an asset, or takes from it. */
  async transfer(transfer: Transfer): Promise<void> {
    await this.call("POST", "/transfers", transfer);
  }

  /** What the futures account has: its wallet, its positions and its open orders. */
  async futures(): Promise<ListedFutures> {
    return listedFutures.parse(await this.call("GET", "/futures"));
  }

  /** Adds USDT to the futures wallet, or takes from it. */
  async transferFutures(transfer: FuturesTransfer): Promise<void> {
    await this.call("POST", "/futures/transfers", transfer);
  }

  /** Fills an order of the futures account at its price, wholly or partly. */
  async fillFuturesOrder(orderId: number, fill: OrderFill = {}): Promise<void> {
    await this.call("POST", `/futures/orders/${orderId}/fills`, fill);
  }

  /**
   * Answers the next order with -1007, which doesn't say if the order was placed.
   *
   * @param options.over the API that the order comes through; "WS" is the WebSocket API
   */
  async answerNextOrderUnknown({
    isPlaced,
    over = "REST",
  }: {
    isPlaced: boolean;
    over?: "REST" | "WS";
  }): Promise<void> {
    const message =
      "Timeout waiting for response from backend server. Send status unknown; execution status unknown.";
    const orders = {
      REST: {
        method: "POST",
        path: "^/(api/v3/(order|orderList/[a-z]+|order/oco|order/cancelReplace)|fapi/v1/(order|algoOrder))(\\?|$)",
      },
      WS: { method: "WS", path: "^(order\\.(place|cancelReplace)|orderList\\.place)" },
    };
    await this.inject({
      ...orders[over],
      effect: { kind: "error", status: 503, code: -1007, message, isCarriedOut: isPlaced },
    });
  }

  /** Stops or resumes the trading of a symbol. */
  async setTrading(symbol: string, isTraded: boolean): Promise<void> {
    await this.call("PUT", `/symbols/${symbol}`, { status: isTraded ? "TRADING" : "BREAK" });
  }

  /** The price of the latest trade. */
  async price(symbol: string): Promise<ShownPrice> {
    return shownPrice.parse(await this.call("GET", `/prices/${symbol}`));
  }

  /**
   * Moves a price, which keeps moving afterwards.
   *
   * @param within how long it takes, in milliseconds
   * @returns when the price is there: at the next multiple of 100 ms, or later
   */
  movePrice(symbol: string, price: string, within = 0): Promise<Date> {
    return this.#changePrice(symbol, { kind: "move", price, within });
  }

  /** Holds a price. @returns when it begins */
  pinPrice(symbol: string, price: string): Promise<Date> {
    return this.#changePrice(symbol, { kind: "pin", price });
  }

  /** Undoes every move of a price. @returns when it begins */
  releasePrice(symbol: string): Promise<Date> {
    return this.#changePrice(symbol, { kind: "release" });
  }

  /** Begins or ends a maintenance, or makes all answers slow. What isn't named stays. */
  async editService(edit: ServiceEdit): Promise<void> {
    await this.call("PATCH", "/service", edit);
  }

  /** Bans an address, blocks it, moves it to a restricted country, or lets it in again. */
  async changeAccess(address: string, change: AccessChange): Promise<void> {
    await this.call("PUT", `/sources/${address}`, change);
  }

  /** How much weight an address may use in a minute: for all of /api together, and for each call of /sapi. */
  async setWeightLimits(limits: WeightLimits): Promise<void> {
    await this.call("PUT", "/weight-limits", limits);
  }

  /** All open WebSockets. */
  async sockets(): Promise<OpenSocket[]> {
    return socketList.parse(await this.call("GET", "/sockets")).sockets;
  }

  /** Cuts, silences or ends WebSockets, or changes what they send. @returns those that it hits */
  async changeSockets(change: SocketChange): Promise<OpenSocket[]> {
    return socketList.parse(await this.call("POST", "/sockets", change)).sockets;
  }

  /** How far Binance's clock is ahead of the machine's, in milliseconds; negative if it is behind. */
  async setClockOffset(milliseconds: number): Promise<void> {
    await this.call("PUT", "/clock", { milliseconds });
  }

  async #changePrice(symbol: string, change: PriceChange): Promise<Date> {
    const { from } = changedPrice.parse(await this.call("PUT", `/prices/${symbol}`, change));
    return new Date(from);
  }
}
