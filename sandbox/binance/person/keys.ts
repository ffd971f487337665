import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import * as z from "zod";
import type { BinanceControl, ListedKey } from "../control.ts";
import { boxes } from "../state/permissions.ts";
import { exactly, UsageError, type Verb } from "./verb.ts";

export const keyVerbs: Verb[] = [
  {
    name: "create",
    args: "LABEL [--type hmac|ed25519|rsa] [--public-key FILE] [--permit NAMES] [--ip ADDRESSES] [--symbols SYMBOLS] [--json]",
    about: `creates a key and shows it, with its secret, which is never shown again;
--json prints {"apiKey", "apiSecret"}
NAMES, separated by commas: ${boxes
      .map(({ name }, index) => (index % 6 === 5 ? `${name},\n  ` : `${name}, `))
      .join("")}or an undocumented field of apiRestrictions; reading, if left out
ADDRESSES, separated by commas without spaces; any address, if left out
SYMBOLS, separated by commas, that the key may trade; all, if left out`,
    run: create,
  },
  { name: "list", args: "[--json]", about: "lists the keys, without secrets", run: list },
  {
    name: "edit",
    args: "KEY [--label LABEL] [--permit NAMES] [--ip ADDRESSES] [--symbols SYMBOLS] [--json]",
    about:
      'changes a key, named by number, label or API key; --ip "" lifts the restriction, --ip none keeps it without any address',
    run: edit,
  },
  { name: "delete", args: "KEY", about: "deletes a key", run: remove },
];

const options = {
  type: { type: "string", default: "hmac" },
  "public-key": { type: "string" },
  permit: { type: "string" },
  ip: { type: "string" },
  symbols: { type: "string" },
  label: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

const keyType = z.enum(["hmac", "ed25519", "rsa"]);

async function create(control: BinanceControl, args: string[]): Promise<string> {
  const { positionals, values } = parseArgs({ args: args, options, allowPositionals: true });
  const [label = ""] = exactly(positionals, "LABEL");
  const type = keyType.safeParse(values.type);
  if (!type.success) {
    throw new UsageError(`there is no type "${values.type}"`);
  }
  const file = values["public-key"];
  const key = await control.createKey({
    label,
    type: type.data,
    ...(file === undefined ? {} : { publicKey: await readFile(file, "utf8") }),
    ...accessIn(values),
  });
  if (values.json) {
    return `${JSON.stringify({ apiKey: key.apiKey, apiSecret: key.apiSecret })}\n`;
  }
  const secret = key.apiSecret === null ? "your private key" : `${key.apiSecret}   (never shown again)`;
  return `${describe(key)}  API key     ${key.apiKey}\n  secret key  ${secret}\n`;
}

async function list(control: BinanceControl, args: string[]): Promise<string> {
  const { values } = parseArgs({ args: args, options: { json: options.json } });
  const keys = await control.keys();
  if (values.json) {
    return `${JSON.stringify(keys)}\n`;
  }
  return keys.length === 0 ? "There are no keys.\n" : keys.map(described).join("");
}

async function edit(control: BinanceControl, args: string[]): Promise<string> {
  const { positionals, values } = parseArgs({
    args: args,
    options: {
      label: options.label,
      permit: options.permit,
      ip: options.ip,
      symbols: options.symbols,
      json: options.json,
    },
    allowPositionals: true,
  });
  const [name = ""] = exactly(positionals, "KEY");
  const label = values.label === undefined ? {} : { label: values.label };
  const key = await control.editKey(name, { ...label, ...accessIn(values) });
  return values.json ? `${JSON.stringify(key)}\n` : described(key);
}

async function remove(control: BinanceControl, args: string[]): Promise<string> {
  const [name = ""] = exactly(args, "KEY");
  await control.deleteKey(name);
  return `Deleted ${name}.\n`;
}

function accessIn({ permit, ip, symbols }: Partial<Record<"permit" | "ip" | "symbols", string>>) {
  return {
    ...(permit === undefined ? {} : { permissions: parts(permit) }),
    ...(ip === undefined ? {} : addressesIn(ip)),
    ...(symbols === undefined ? {} : { symbols: parts(symbols) }),
  };
}

function addressesIn(ip: string): { whitelist: string[]; isRestricted?: boolean } {
  return ip === "none" ? { whitelist: [], isRestricted: true } : { whitelist: parts(ip) };
}

/** As they were typed: Binance refuses spaces, so they must not be removed here. */
function parts(text: string): string[] {
  return text === "" ? [] : text.split(",");
}

function described(key: ListedKey): string {
  return `${describe(key)}  API key     ${key.apiKey}\n`;
}

function describe({ id, label, type, created, permissions, whitelist, symbols }: ListedKey): string {
  return `${id}. ${label} (${type}, created ${created})
  permitted   ${permissions.join(", ") || "nothing"}
  addresses   ${whitelist.join(", ") || "any"}
${symbols.length === 0 ? "" : `  symbols     ${symbols.join(", ")}\n`}`;
}
