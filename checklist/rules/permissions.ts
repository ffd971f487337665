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

/** What each value of the setting `permissions` declares, besides reading. */
const declared = {
  spot: {
    name: "spot trading",
    trading: "enableSpotAndMarginTrading",
    otherwise: "If your bot trades spot: `pulumi config rm permissions`.",
  },
  futures: {
    name: "futures",
    trading: "enableFutures",
    otherwise:
      "If your bot trades futures, its key has Reading and Futures: `pulumi config set permissions futures`.",
  },
} as const;

/** The permission without which the bot can't trade. */
export function tradingPermission(permissions: Permissions): { field: string; box: string } {
  const field = declared[permissions].trading;
  return { field, box: documented.get(field) ?? field };
}

/** The other purpose that a key can have, and the permission that it needs. */
export function otherTrading(permissions: Permissions): { purpose: Permissions; field: string } {
  const purpose = permissions === "spot" ? "futures" : "spot";
  return { purpose, field: declared[purpose].trading };
}

/** Point 7: nothing is on beyond what is declared. */
export function judgePermissions(restrictions: Restrictions, judging: Judging): Judgement {
  const { excess, unclear: doubts, acceptable, accepted } = compare(restrictions, judging);
  const accept = acceptance(acceptable, judging);
  if (excess.length > 0) {
    return {
      verdict: "fail",
      known: proven,
      detail: `The key may do more than it needs: ${excess.map(shown).join("; ")}.`,
      remedy: [
        "At Binance, in API Management, edit the key, untick it, and save.",
        ...otherPurpose(excess),
        ...accept,
      ].join(" "),
    };
  }
  if (doubts.length > 0) {
    const judgement = unclear(doubts.map((name) => redact(name)).join(", "));
    return { ...judgement, remedy: [judgement.remedy, ...accept].join(" ") };
  }
  const exception = accepted.length === 0 ? "" : ` You have accepted: ${accepted.map(shown).join("; ")}.`;
  return {
    verdict: "pass",
    known: proven,
    detail: `Of the permissions that Binance reports, none is on beyond reading and ${declared[judging.permissions].name}.${exception}`,
  };
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
  const disappeared = news.filter((name) => documented.has(name)).map(shown);
  return {
    verdict: "unknown",
    known: undefined,
    detail: [
      ...(appeared.length > 0
        ? [`The key has a permission that this program doesn't know: ${appeared.join("; ")}.`]
        : []),
      ...(disappeared.length > 0 ? [`Binance no longer reports ${disappeared.join("; ")}.`] : []),
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

/**
 * New permissions appear in API Management before they are documented. Any spelling counts, because a false alarm is
 * better than a missed permission.
 */
function undocumentedIn(restrictions: Restrictions): string[] {
  return Object.keys(restrictions).filter(
    (name) => /^\s*(enable|permit)/i.test(name) && !documented.has(name),
  );
}

function isDeclared(name: string, permissions: Permissions): boolean {
  return ["enableReading", "enableFixReadOnly", declared[permissions].trading].includes(name);
}

/** Nobody can accept that a key may withdraw. No other name gets into a command that isn't a plain word. */
export function isAcceptable(name: string): boolean {
  return name !== "enableWithdrawals" && permissionName.test(name);
}

function isAccepted(name: string, { acceptedPermissions }: Judging): boolean {
  return isAcceptable(name) && acceptedPermissions.includes(name);
}

/** What the owner no longer accepts isn't new, and a permission to move money is never treated as harmless. */
function isNews(name: string, { acceptedBefore }: Judging): boolean {
  return acceptedBefore !== undefined && !acceptedBefore.includes(name) && !movesMoney(name);
}

function otherPurpose(excess: readonly string[]): string[] {
  return Object.values(declared)
    .filter(({ trading }) => excess.includes(trading))
    .map(({ otherwise }) => otherwise);
}

/** How to accept permissions. Nobody gets a command to paste for one with which money could leave the account. */
function acceptance(names: readonly string[], { acceptedPermissions }: Judging): string[] {
  const acceptable = names.filter((name) => isAcceptable(name) && !movesMoney(name));
  if (acceptable.length < names.length) {
    return [
      "Don't use the key before that: the name speaks of moving money out of the account. docs/settings.md says what acceptedPermissions is for.",
    ];
  }
  if (acceptable.length === 0) {
    return [];
  }
  const list = [...new Set([...acceptedPermissions, ...acceptable])].join(",");
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
  return permissionName.test(name) ? name : redact(name);
}
