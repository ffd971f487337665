import type { Restrictions } from "../../binance/replies.ts";
import { redact } from "../../binance/text.ts";
import { type Judgement, proven } from "../finding.ts";
import { type Judging, permissionName, type Permissions } from "../key-rules.ts";
import { flag, unclear } from "./flags.ts";
import { movesMoney } from "./moves-money.ts";

/** The documented permissions of GET /sapi/v1/account/apiRestrictions, with their names in API Management. */
const documented: ReadonlyMap<string, string> = new Map(
  Object.entries({
    enableReading: "Enable Reading",
    // It comes with plain reading, and has no box.
    enableFixReadOnly: "FIX API Read Only",
    enableSpotAndMarginTrading: "Enable Spot & Margin Trading",
    enableWithdrawals: "Enable Withdrawals",
    enableInternalTransfer: "Enable Internal Transfer",
    permitsUniversalTransfer: "Permits Universal Transfer",
    enableMargin: "Enable Margin Loan, Repay & Transfer",
    enableFutures: "Enable Futures",
    enableVanillaOptions: "Enable European Options",
    enablePortfolioMarginTrading: "Enable Portfolio Margin Trading",
    enableFixApiTrade: "Enable FIX API Trading",
  }),
);

const withdrawals = "enableWithdrawals";

/** What each value of the setting `permissions` declares, besides reading. */
const declared = {
  spot: { name: "spot trading", trading: "enableSpotAndMarginTrading" },
  futures: { name: "futures", trading: "enableFutures" },
} as const;

/** The permission without which the bot can't trade. */
export function tradingPermission(permissions: Permissions): { field: string; box: string } {
  const field = declared[permissions].trading;
  return { field, box: documented.get(field) ?? field };
}

/**
 * What the key is for, if it has exactly the trading permission that isn't declared. Then the setting is wrong, or the key,
 * and nobody has turned anything off.
 */
export function undeclaredPurpose(
  restrictions: Restrictions,
  permissions: Permissions,
): Permissions | undefined {
  const other = permissions === "spot" ? "futures" : "spot";
  const isOther =
    flag(restrictions, declared[permissions].trading) === false &&
    flag(restrictions, declared[other].trading) === true;
  return isOther ? other : undefined;
}

/** Whether withdrawing is all that a key may do beyond its declaration. */
export function mayOnlyWithdraw(restrictions: Restrictions, judging: Judging): boolean {
  const { excess } = compare(restrictions, judging);
  return excess.length === 1 && excess[0] === withdrawals;
}

/** Point 7: nothing is on beyond what is declared. */
export function judgePermissions(restrictions: Restrictions, judging: Judging): Judgement {
  const { excess, unclear: doubts, acceptable, accepted } = compare(restrictions, judging);
  if (excess.length > 0) {
    return judgeExcess(excess, acceptable, undeclaredPurpose(restrictions, judging.permissions), judging);
  }
  if (doubts.length > 0) {
    const judgement = unclear(doubts.map(plain).join(", "));
    return { ...judgement, remedy: [judgement.remedy, ...acceptance(acceptable, judging)].join(" ") };
  }
  const exception = accepted.length === 0 ? "" : ` You have accepted: ${accepted.map(shown).join("; ")}.`;
  return {
    verdict: "pass",
    known: proven,
    detail: `Of the permissions that Binance reports, none is on beyond reading and ${declared[judging.permissions].name}.${exception}`,
  };
}

/** @param purpose what the key is for, if that isn't declared */
function judgeExcess(
  excess: readonly string[],
  acceptable: readonly string[],
  purpose: Permissions | undefined,
  judging: Judging,
): Judgement {
  const listed = excess.filter((name) => purpose === undefined || name !== declared[purpose].trading);
  const problems = [
    ...(purpose === undefined ? [] : [wrongPurpose(purpose, judging)]),
    ...(listed.length === 0 ? [] : [tooMuch(listed, acceptable, judging)]),
  ];
  return {
    verdict: "fail",
    known: proven,
    detail: problems.map(({ detail }) => detail).join(" "),
    remedy: problems.map(({ remedy }) => remedy).join(" "),
  };
}

function wrongPurpose(purpose: Permissions, { permissions }: Judging): { detail: string; remedy: string } {
  return {
    detail: `This is a key for ${declared[purpose].name}, but the setting permissions is ${permissions}.`,
    remedy: `If your bot trades ${purpose}: \`pulumi config set permissions ${purpose}\`. Otherwise create a key for ${declared[permissions].name} at Binance: one key for each purpose.`,
  };
}

function tooMuch(
  excess: readonly string[],
  acceptable: readonly string[],
  judging: Judging,
): { detail: string; remedy: string } {
  // Point 1 reports withdrawals. Its remedy, another key, is the only one that helps.
  const others = excess.filter((name) => name !== withdrawals);
  const detail =
    others.length === 0
      ? "The key may withdraw."
      : `The key may do more than it needs: ${others.map(shown).join("; ")}.`;
  if (others.length < excess.length) {
    return { detail, remedy: "Delete the key at Binance, and give the new one only what it needs." };
  }
  const remedy = [
    "At Binance, in API Management, edit the key, untick it, and save.",
    ...(others.includes(declared.futures.trading)
      ? [
          "If your bot trades futures, its key has Reading and Futures only: `pulumi config set permissions futures`.",
        ]
      : []),
    ...acceptance(acceptable, judging),
  ].join(" ");
  return { detail, remedy };
}

/** For a key that was live before: nothing has appeared or disappeared at Binance that this program doesn't know. */
export function judgeNews(restrictions: Restrictions, judging: Judging): Judgement {
  const { news } = compare(restrictions, judging);
  if (news.length === 0) {
    return {
      verdict: "pass",
      known: proven,
      detail: "Binance reports the permissions that this program knows, and no other one.",
    };
  }
  const appeared = news.filter((name) => !documented.has(name)).map(shown);
  const missing = news.filter((name) => documented.has(name));
  const disappeared = missing.filter((name) => !Object.hasOwn(restrictions, name)).map(shown);
  const neither = missing.filter((name) => Object.hasOwn(restrictions, name)).map(shown);
  return {
    verdict: "unknown",
    known: undefined,
    detail: [
      ...(appeared.length > 0
        ? [`The key has a permission that this program doesn't know: ${appeared.join("; ")}.`]
        : []),
      ...(disappeared.length > 0 ? [`Binance no longer reports ${disappeared.join("; ")}.`] : []),
      ...(neither.length > 0 ? [`Binance no longer says whether this is on: ${neither.join("; ")}.`] : []),
    ].join(" "),
    causes: ["Binance has changed it for all keys.", "A person has changed this key at Binance."],
    remedy: [
      "Look at the key in API Management at Binance. If a person has changed it without you, delete the key and change your password.",
      ...acceptance(news, judging),
    ].join(" "),
  };
}

interface Comparison {
  /** On, and not declared. */
  excess: string[];
  /** Neither on nor off. */
  unclear: string[];
  /** Of these two, what the setting acceptedPermissions could let pass. */
  acceptable: string[];
  /** What it has let pass. */
  accepted: string[];
  /** What is new since the key was installed. */
  news: string[];
}

/** Compares every permission with the declaration, undocumented ones included. */
function compare(restrictions: Restrictions, judging: Judging): Comparison {
  const result: Comparison = { excess: [], unclear: [], acceptable: [], accepted: [], news: [] };
  for (const name of [...documented.keys(), ...undocumentedIn(restrictions)]) {
    const value = flag(restrictions, name);
    if (value === false || isDeclared(name, judging.permissions)) {
      continue;
    }
    if (value === true && documented.has(name)) {
      result.excess.push(name);
    } else if (isAccepted(name, judging)) {
      result.accepted.push(name);
    } else if (isNews(name, judging)) {
      result.news.push(name);
    } else {
      result[value === true ? "excess" : "unclear"].push(name);
      result.acceptable.push(name);
    }
  }
  return result;
}

/** The whitelist's switch: not a permission. */
const ipRestrict = "ipRestrict";

/**
 * New permissions appear in API Management before they are documented, and Binance decides their names. So every field
 * counts that is on, that has the form of a permission's name, or whose value could mean or hide something that is on. A
 * false alarm is better than a missed permission. Another plain number or text, such as a time, doesn't count.
 */
function undocumentedIn(restrictions: Restrictions): string[] {
  return Object.entries(restrictions)
    .filter(([name]) => !documented.has(name) && name !== ipRestrict)
    .filter(([name, value]) => /^\s*(enable|permit)/i.test(name) || couldBeOn(name, value))
    .map(([name]) => name);
}

/** Whether a value under this unknown name could mean that a permission is on. A 1 is often a number of something. */
function couldBeOn(name: string, value: unknown): boolean {
  if (typeof value === "object") {
    return value !== null;
  }
  const text = JSON.stringify(value ?? null)
    .replaceAll('"', "")
    .trim()
    .toLowerCase();
  return ["true", "on", "yes", "enabled"].includes(text) || (text === "1" && movesMoney(name));
}

function isDeclared(name: string, permissions: Permissions): boolean {
  return ["enableReading", "enableFixReadOnly", declared[permissions].trading].includes(name);
}

/** Nobody can accept that a key may withdraw. No other name gets into a command that isn't a plain word. */
export function isAcceptable(name: string): boolean {
  return name !== withdrawals && permissionName.test(name);
}

function isAccepted(name: string, { acceptedPermissions }: Judging): boolean {
  return isAcceptable(name) && acceptedPermissions.includes(name);
}

/** What the owner no longer accepts isn't new, and a permission to move money is never treated as harmless. */
function isNews(name: string, { acceptedBefore }: Judging): boolean {
  return acceptedBefore !== undefined && !acceptedBefore.includes(name) && !movesMoney(name);
}

/** How to accept permissions. Nobody gets a command to paste for one with which money could leave the account. */
function acceptance(names: readonly string[], { acceptedPermissions }: Judging): string[] {
  if (names.some((name) => name === withdrawals || movesMoney(name))) {
    return [
      "Don't use the key before that: the name speaks of moving money out of the account. docs/settings.md says what acceptedPermissions is for.",
    ];
  }
  if (names.some((name) => !isAcceptable(name))) {
    return [
      "Don't use the key before that: the name doesn't have the form of a permission's, so no setting can accept it. If this keeps happening, look for a newer version of this program.",
    ];
  }
  if (names.length === 0) {
    return [];
  }
  const list = [...new Set([...acceptedPermissions.filter(isAcceptable), ...names])].join(",");
  return [
    `If it can't be changed there, and Binance's documentation says that it is harmless, accept it: \`pulumi config set acceptedPermissions ${list}\`, \`pulumi up\`.`,
  ];
}

/** With the name in API Management, if there is one. */
function shown(name: string): string {
  const box = documented.get(name);
  if (box !== undefined) {
    return `"${box}" (${name})`;
  }
  return plain(name);
}

/** A name alone. What doesn't look like one could be anything. */
function plain(name: string): string {
  return permissionName.test(name) ? name : redact(name);
}
