import type { Route } from "../../call.ts";
import type { FaultEffect } from "../../control-protocol.ts";
import { codedError, type ErrorAnswer } from "../../errors.ts";
import { asErrorAnswer, reportBug } from "../../report-bug.ts";
import type { Exchange } from "../../state/exchange.ts";
import type { ApiKey } from "../../state/keys.ts";
import { eventIn } from "../../time-unit.ts";
import type { Connection } from "../connection.ts";
import type { ApiEndpoint } from "../endpoint.ts";
import type { Session } from "../session.ts";
import { Subscriptions, type UserData } from "../user-data.ts";
import { errorIn } from "./answer.ts";
import { type ApiRequest, idIn, loggedPath, readRequest, type RequestId } from "./api-request.ts";
import { routeOf } from "./methods.ts";
import { respond, type Response } from "./respond.ts";
import { sessionRoutes, type SessionState } from "./session-routes.ts";

/** A connection to the WebSocket API. */
export class ApiSession implements Session, SessionState {
  readonly messageLimit = undefined;
  readonly #exchange: Exchange;
  readonly #endpoint: ApiEndpoint;
  readonly #connection: Connection;
  readonly #userData: UserData;
  readonly #subscriptions: Subscriptions;
  readonly #routes: ReadonlyMap<string, Route>;
  #logon: { key: ApiKey; since: number } | undefined;

  constructor(exchange: Exchange, endpoint: ApiEndpoint, connection: Connection, userData: UserData) {
    this.#exchange = exchange;
    this.#endpoint = endpoint;
    this.#connection = connection;
    this.#userData = userData;
    this.#subscriptions = new Subscriptions(exchange, connection, endpoint.timeUnit);
    this.#routes = sessionRoutes(this, endpoint.product);
    userData.add(this.#subscriptions);
  }

  get summary() {
    return { kind: "api" as const, streams: [], apiKey: this.loggedOn?.apiKey ?? null };
  }

  receive(text: string): void {
    this.#receive(text).catch((error: unknown) => {
      reportBug(this.#exchange, "a message to the WebSocket API", error);
    });
  }

  onClose(): void {
    this.#userData.remove(this.#subscriptions);
  }

  announceEnd(now: number): void {
    const event = { e: "serverShutdown", E: now };
    this.#connection.send({ event: eventIn(this.#endpoint.timeUnit, event) });
  }

  get loggedOn(): ApiKey | undefined {
    return this.#logon?.key;
  }

  logOn(key: ApiKey): void {
    this.#logon = { key, since: this.#now };
  }

  logOut(): void {
    this.#logon = undefined;
    this.#subscriptions.stopOfLogon();
  }

  status(): object {
    return {
      apiKey: this.#logon?.key.apiKey ?? null,
      authorizedSince: this.#logon?.since ?? null,
      connectedSince: this.#connection.opened,
      returnRateLimits: this.#endpoint.returnRateLimits,
      serverTime: this.#now,
      userDataStream: this.#subscriptions.ids.length > 0,
    };
  }

  subscribe(key: ApiKey, isOfLogon: boolean): number {
    return this.#subscriptions.start(key, isOfLogon);
  }

  unsubscribe(id: number | undefined): void {
    if (id === undefined) {
      this.#subscriptions.stopAll();
    } else {
      this.#subscriptions.stop(id);
    }
  }

  get subscriptionIds(): number[] {
    return this.#subscriptions.ids;
  }

  get #now(): number {
    return this.#exchange.clock.now().getTime();
  }

  async #receive(text: string): Promise<void> {
    const { log, faults, clock, service } = this.#exchange;
    const request = this.#read(text);
    if (!request) {
      return;
    }
    const path = loggedPath(request);
    const entry = log.add({ method: "WS", path, source: this.#connection.source, status: null });
    const effect = faults.takeFor("WS", path);
    switch (effect?.kind) {
      case "error":
        entry.status = this.#fail(request, effect);
        return;
      case "garbage":
        this.#connection.sendText(effect.body);
        return;
      case "hang":
        return;
      case "reset":
        this.#connection.cut();
        return;
      case "lose-answer":
        this.#carryOut(request);
        this.#connection.cut();
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
    if (service.delay > 0) {
      await clock.wait(service.delay);
    }
    const response = this.#carryOut(request);
    entry.status = response.status;
    this.#connection.send(response);
  }

  /** Answers with an error. A call that is carried out and refused keeps its own. @returns the status */
  #fail(request: ApiRequest, effect: Extract<FaultEffect, { kind: "error" }>): number {
    const response = effect.isCarriedOut ? this.#carryOut(request) : undefined;
    if (response?.error !== undefined) {
      this.#connection.send(response);
      return response.status;
    }
    this.#sendError(request.id, codedError(effect.status, effect.code, effect.message, effect.headers));
    return effect.status;
  }

  /** @returns undefined if the message can't be read. The client has its answer then */
  #read(text: string): ApiRequest | undefined {
    try {
      return readRequest(text);
    } catch (error) {
      this.#sendError(idIn(text), asErrorAnswer(this.#exchange, "reading a message", error));
      return undefined;
    }
  }

  #sendError(id: RequestId, error: ErrorAnswer): void {
    this.#connection.send({ id, status: error.status, error: errorIn(error, this.#now) });
  }

  #carryOut(request: ApiRequest): Response {
    return respond(this.#exchange, {
      ...this.#endpoint,
      request,
      route: this.#routes.get(request.method) ?? routeOf(request.method, this.#endpoint.product),
      source: this.#connection.source,
      session: this.loggedOn,
      onRevoked: () => {
        this.logOut();
      },
    });
  }
}
