import { isIPv4 } from "node:net";
import type { Clock } from "../../emulator/clock.ts";
import { RuleViolation } from "../../emulator/rule-violation.ts";
import type { KeyEdit, KeyRequest } from "../control-protocol.ts";
import type { Credential } from "../signature.ts";
import { newCredential, randomText } from "./new-credential.ts";
import { boxes, fieldOf } from "./permissions.ts";

/** A key in API Management. */
export interface ApiKey {
  /** A person may name the key by this number, besides its label. */
  readonly id: number;
  label: string;
  readonly apiKey: string;
  readonly credential: Credential;
  readonly created: Date;
  /** The fields of apiRestrictions that are true. */
  permissions: ReadonlySet<string>;
  whitelist: readonly string[];
  /** Whether only the addresses in the whitelist may use it. */
  isRestricted: boolean;
  /** The symbols that it may trade; empty if it may trade all. */
  symbols: readonly string[];
  /** When the permission to trade ends. Only set without a restriction. */
  tradingUntil: Date | undefined;
}

/** Reported by many people. The API's documentation names no limit. */
const maximumKeys = 30;
/** Reported by many people. */
const maximumAddresses = 30;
/** Announced in July 2021: without a whitelist, the permission to trade ends after this many days. */
const tradingDays = 30;

/** The account's keys, with the rules of Binance's website. */
export class Keys {
  readonly #clock: Clock;
  readonly #keys: ApiKey[] = [];
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  list(): ApiKey[] {
    return [...this.#keys];
  }

  find(apiKey: string): ApiKey | undefined {
    return this.#keys.find((key) => key.apiKey === apiKey);
  }

  /** @throws RuleViolation if no key or several keys have that id, label or API key */
  named(name: string): ApiKey {
    const found = this.#keys.filter((key) => [String(key.id), key.label, key.apiKey].includes(name));
    const [key, ...others] = found;
    if (!key) {
      throw new RuleViolation(`there is no key "${name}"`);
    }
    if (others.length > 0) {
      throw new RuleViolation(`several keys are "${name}": ${found.map(({ id }) => `no. ${id}`).join(", ")}`);
    }
    return key;
  }

  /** @throws RuleViolation if Binance wouldn't create it */
  create(request: KeyRequest): ApiKey {
    if (this.#keys.length >= maximumKeys) {
      throw new RuleViolation(`an account has at most ${maximumKeys} keys`);
    }
    const key: ApiKey = {
      id: this.#lastId + 1,
      label: checkedLabel(request.label),
      apiKey: randomText(),
      credential: newCredential(request),
      created: this.#clock.now(),
      symbols: request.symbols,
      ...this.#checkedAccess(request.permissions, request.whitelist, request.isRestricted),
    };
    this.#lastId = key.id;
    this.#keys.push(key);
    return key;
  }

  /** @throws RuleViolation if Binance wouldn't save it. The key stays unchanged then */
  edit(key: ApiKey, edit: KeyEdit): void {
    const label = checkedLabel(edit.label ?? key.label);
    const access = this.#checkedAccess(
      edit.permissions ?? [...key.permissions],
      edit.whitelist ?? [...key.whitelist],
      edit.isRestricted,
      // Setting the permission again starts the days again.
      edit.permissions ? undefined : key.tradingUntil,
    );
    Object.assign(key, { label, symbols: edit.symbols ?? key.symbols, ...access });
  }

  remove(key: ApiKey): void {
    this.#keys.splice(this.#keys.indexOf(key), 1);
  }

  /** Whether a key may do something now. */
  permits(key: ApiKey, field: string): boolean {
    const { tradingUntil: until } = key;
    const lapsed = until !== undefined && this.#clock.now() >= until;
    return key.permissions.has(field) && !(lapsed && field === trading);
  }

  #checkedAccess(
    names: readonly string[],
    whitelist: readonly string[],
    isRestricted = whitelist.length > 0,
    tradingUntil?: Date,
  ): Pick<ApiKey, "permissions" | "whitelist" | "isRestricted" | "tradingUntil"> {
    const permissions = new Set(names.map(checkedField));
    for (const address of whitelist) {
      if (!isIPv4(address)) {
        throw new RuleViolation(`illegal IP: "${address}"`);
      }
    }
    if (whitelist.length > maximumAddresses) {
      throw new RuleViolation(`a key has at most ${maximumAddresses} trusted IP addresses`);
    }
    if (permissions.has("enableWithdrawals") && whitelist.length === 0) {
      throw new RuleViolation("withdrawals need a restriction to trusted IP addresses");
    }
    return {
      permissions,
      whitelist: [...whitelist],
      isRestricted,
      tradingUntil: this.#tradingUntil(permissions, isRestricted, tradingUntil),
    };
  }

  #tradingUntil(permissions: Set<string>, isRestricted: boolean, before?: Date): Date | undefined {
    if (!permissions.has(trading) || isRestricted) {
      return undefined;
    }
    return before ?? new Date(this.#clock.now().getTime() + tradingDays * 86_400_000);
  }
}

const trading = "enableSpotAndMarginTrading";

function checkedLabel(label: string): string {
  if (label.trim() === "") {
    throw new RuleViolation("a key needs a label");
  }
  return label;
}

function checkedField(name: string): string {
  const field = fieldOf(name);
  if (field !== undefined) {
    return field;
  }
  throw new RuleViolation(
    `there is no permission "${name}"; there are ${boxes.map((box) => box.name).join(", ")}`,
  );
}
