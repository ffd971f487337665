import { describeFailure, type Refusal } from "../../binance/failure.ts";
import { meaningOf, pauseAfter, type RefusalKind } from "../../binance/refusals.ts";
import { sentence } from "../../binance/text.ts";
import { duration } from "./duration.ts";
import { type Diagnosis, originOf, type RefusedAction, type Situation, thenRepeat } from "./situation.ts";

const setSecret = "pulumi config set --secret binance:apiSecret";
const setKey = "pulumi config set --secret binance:apiKey";

/** What to do about each kind of refusal. What the refusals mean is in binance/refusals.ts. */
export function diagnoseRefusal(refusal: Refusal, situation: Situation): Diagnosis {
  return diagnoses[meaningOf(refusal).kind](refusal, situation);
}

const diagnoses: Record<RefusalKind, (refusal: Refusal, situation: Situation) => Diagnosis> = {
  banned: (refusal, situation) => ({
    causes: [
      `Binance has banned the address of ${originOf(situation)} for a time, because requests went on after "too many requests".`,
    ],
    remedy: pause(refusal),
  }),
  "too-many-requests": (refusal, situation) => ({
    causes: [
      `More requests came from the address of ${originOf(situation)} than Binance allows. The bot's requests count as well.`,
    ],
    remedy: pause(refusal),
  }),
  country: (_, { caller, ipAddress }) =>
    caller === "direct"
      ? {
          causes: ["Binance doesn't serve the country that this computer is in."],
          remedy: "Run this from a network in a country that Binance serves.",
        }
      : {
          causes: [
            `Binance doesn't serve the country in which it locates ${ipAddress}.`,
            "Binance doesn't serve the country of the account.",
          ],
          remedy: `Binance serves addresses in the EU locations (fsn1, nbg1, hel1). If the server is in one of them already, contact Binance's support: only they can say whether the reason is the account's country, or where they locate ${ipAddress}. If it is elsewhere, set up a new stack in an EU location, and whitelist its address: an address can't move.`,
        },
  firewall: diagnoseFirewall,
  "key-address-or-permission": diagnoseAccess,
  "key-format": (_, situation) => ({
    causes: [
      "The key was changed when it was copied: a part was cut off or added.",
      "Key and secret are swapped, or the value isn't a key at all.",
    ],
    remedy: `Copy the key again from API Management: \`${setKey}\`.${thenUpdate(situation)}`,
  }),
  "unknown-key": (_, situation) => ({
    causes: [
      "The key was deleted: by a person, or by Binance, which deletes keys without an address restriction.",
      "It is a key of another platform: a test network, or binance.us.",
      "The key was changed when it was copied, or key and secret are swapped.",
    ],
    remedy: `Look for the key in API Management at binance.com. If it isn't there, create a new one, and set both values: \`${setKey}\`, \`${setSecret}\`. For a key that the server makes: \`npm run make-key\`.${thenUpdate(situation)}`,
  }),
  "key-locked": (_, situation) => ({
    causes: ["Binance has locked the API keys of this account, such as after a security warning."],
    remedy: `Log in at Binance and do what it asks there, or contact its support. ${thenRepeat(situation)}`,
  }),
  unauthorized: (_, situation) => ({
    causes: [
      "The key or the account doesn't have the right to make this request.",
      "Something between here and Binance removes the key from requests.",
    ],
    remedy: `At Binance, in API Management, check that the key is there and has "Enable Reading". ${thenRepeat(situation)}`,
  }),
  signature: (_, situation) => ({
    causes: [
      "The secret doesn't belong to the API key: one of the two is from another key.",
      "The secret was changed when it was copied: its end was cut off, or a character was added.",
      "If the key was made on the server (binance:publicKey): the API key belongs to another public key.",
    ],
    remedy: `Set both values of one key again: \`${setKey}\`, \`${setSecret}\`. If you no longer have the secret, delete the key and create a new one: Binance shows a secret only once. A key that was made on the server has no secret: set only the API key that Binance shows for its public key, \`${setKey}\`.${thenUpdate(situation)}`,
  }),
  timestamp: (_, situation) => ({
    causes: [
      "A clock is wrong: requests get the exchange's time, which was read just before.",
      "The request took more than 5 seconds to arrive.",
    ],
    remedy:
      situation.caller === "guard"
        ? `Check the server's clock: \`npm run ssh -- chronyc tracking\`. ${thenRepeat(situation)}`
        : `Synchronise this computer's clock (\`timedatectl set-ntp true\`), and check for a slow connection. ${thenRepeat(situation)}`,
  }),
  "too-many-orders": (_, situation) => ({
    causes: ["The account has placed more orders than Binance allows in this time. The bot's orders count."],
    remedy: `Wait a minute, and look at how many orders the bot places: \`npm run logs\`. ${thenRepeat(situation)}`,
  }),
  malformed: () => ({
    causes: [
      "A part of the request didn't arrive: something between here and Binance changes requests.",
      "Binance requires something else now, or this program has a mistake: look for a newer version of it.",
    ],
    remedy: "Run `npm run verify -- --verbose`, and report its output, which contains no secret.",
  }),
  order: diagnoseOrder,
  unavailable: (_, situation) => ({
    causes: ["Binance has a technical problem."],
    remedy: `See Binance's announcements for maintenance, and wait a few minutes. ${thenRepeat(situation)}`,
  }),
  other: (refusal) => ({
    causes: [`Binance refused the request: ${sentence(describeFailure(refusal))}`],
    remedy: "Look the code up in Binance's API documentation, under Error Codes.",
  }),
};

const setTestPair = "pulumi config set testPair ETHUSDC";

function diagnoseFirewall(refusal: Refusal, situation: Situation): Diagnosis {
  const { caller, ipAddress, isFirstRequest = false } = situation;
  const wait = `Wait ${duration(pauseAfter(refusal) ?? 0)} without a request from this address, including the bot's. ${thenRepeat(situation)}`;
  const stopped = "Binance's firewall stopped the request before the key was checked.";
  const tooMany = "Too many requests came from this address, or from its neighbours.";
  if (caller !== "tunnel" || !isFirstRequest) {
    return { causes: [stopped, tooMany], remedy: wait };
  }
  return {
    causes: [
      tooMany,
      `Binance's firewall blocks ${ipAddress}, perhaps because of a previous owner: it refused the first request, which has no key.`,
    ],
    remedy: `${wait} If it is refused again, and ${ipAddress} has never worked with Binance, get another address: \`npm run teardown\` deletes the address, the server and the bot's state, and \`pulumi up\` creates new ones. Then put the new address into the key's whitelist, and remove ${ipAddress} from it.`,
  };
}

function diagnoseOrder({ code, message }: Refusal, situation: Situation): Diagnosis {
  // The guard's test order was accepted before.
  const doubt = situation.caller === "guard" ? "" : "It is unknown whether the key may trade. ";
  const remedy = `${doubt}Set a pair that your bot trades: \`${setTestPair}\`.${thenUpdate(situation)}`;
  if (code === -1013) {
    return {
      causes: ["The test order's amount, 20 of the pair's second currency, isn't allowed for this pair."],
      remedy: `${remedy} Its second currency must be worth about a dollar.`,
    };
  }
  if (code === -1121) {
    return { causes: ["Binance has no such pair."], remedy };
  }
  if (/\binsufficient balance\b/i.test(message)) {
    return {
      causes: [
        "The account has too little of the pair's second currency for the test order, which is never placed.",
      ],
      remedy: `${remedy} The account must have about 20 of its second currency.`,
    };
  }
  if (isAboutAccount(message)) {
    return {
      causes: ["Binance doesn't let this account place the test order, whatever the pair."],
      remedy: `${doubt}Log in at Binance, and do what it asks there.`,
    };
  }
  return {
    causes: [
      "The key has a list of the symbols that it may trade, and the test order's pair isn't in it.",
      "This account may not trade the pair: that depends on its country.",
      "Binance has stopped the trading of the pair.",
    ],
    remedy,
  };
}

/** "This account may not place or cancel orders.", and the like. Without a symbol, another pair doesn't help. */
function isAboutAccount(message: string): boolean {
  return /\baccount\b/i.test(message) && !/\bsymbol\b/i.test(message);
}

function diagnoseAccess({ requestIp }: Refusal, situation: Situation): Diagnosis {
  const { caller, ipAddress, refusedAction } = situation;
  const otherCauses = [
    'The key lacks a permission for this: "Enable Reading" is off, or "Enable Spot & Margin Trading".',
    "The key was deleted, is from another platform (a test network, binance.us), or is swapped with the secret.",
  ];
  if (caller !== "direct" && requestIp !== undefined && requestIp !== ipAddress) {
    return {
      causes: [
        `Binance sees the request come from ${requestIp}, but the stack's address is ${ipAddress}.`,
        ...otherCauses,
      ],
      remedy: `Find out why the server uses another address for outgoing connections: \`npm run ssh -- ip route\`. Don't whitelist ${requestIp} unless it is permanently yours.`,
    };
  }
  if (refusedAction !== undefined) {
    return diagnoseAction(refusedAction, situation);
  }
  const missing =
    caller === "guard"
      ? `The address ${ipAddress} isn't in the key's whitelist: it was removed, the whole list was emptied, or it was added only just now.`
      : `The address ${ipAddress} isn't in the key's whitelist, or was added only just now.`;
  return {
    causes: [missing, ...otherCauses],
    remedy: `At Binance, in API Management, edit the key: "Restrict access to trusted IPs only", add ${ipAddress}, confirm, save. Wait a minute. ${thenRepeat(situation)}`,
  };
}

/** The whitelist isn't the reason: Binance has just accepted the key from the same address. */
function diagnoseAction(action: RefusedAction, situation: Situation): Diagnosis {
  const accepted = `Binance has just accepted the key from ${situation.ipAddress}, so the whitelist needs no change.`;
  const edit = "At Binance, in API Management, edit the key:";
  const repeat = `Wait a minute. ${thenRepeat(situation)}`;
  if (action === "read-account") {
    return {
      causes: ['The key lacks "Enable Reading", or its permissions were changed only just now.'],
      remedy: `${accepted} ${edit} tick "Enable Reading", and save. ${repeat}`,
    };
  }
  if (action === "read-futures" || action === "trade-futures") {
    return {
      causes: [
        "The account has no futures account, or the key was created before it: such a key can't be used for futures.",
        'The key lacks "Enable Futures", or its permissions were changed only just now.',
        "The account uses portfolio margin, which this program doesn't support.",
      ],
      remedy: `${accepted} Open the futures account at Binance first, then create a key, and tick "Enable Futures". ${repeat}`,
    };
  }
  return {
    causes: [
      'The key lacks "Enable Spot & Margin Trading", or its permissions were changed only just now.',
      "The key has a list of the symbols that it may trade, and the test order's pair isn't in it.",
    ],
    remedy: `${accepted} ${edit} tick "Enable Spot & Margin Trading", and save. ${repeat} If the key has a list of symbols, set one of them: \`${setTestPair}\`.`,
  };
}

function pause(refusal: Refusal): string {
  const seconds = duration(pauseAfter(refusal) ?? 0);
  const wait = refusal.waitSeconds === undefined ? `for at least ${seconds}` : `for ${seconds}`;
  return `Send Binance nothing ${wait}: stop the bot if it is the cause. Each request before that can make the ban longer, up to 3 days. This program sends none after such an answer.`;
}

/** A new value of a setting reaches the server by the next update. A person who runs this from a stack knows that. */
function thenUpdate({ caller }: Situation): string {
  return caller === "guard" ? " Then run `pulumi up`." : "";
}
