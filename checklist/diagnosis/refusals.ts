import { describeFailure, type Refusal } from "../../binance/failure.ts";
import { meaningOf, pauseAfter, type RefusalKind } from "../../binance/refusals.ts";
import { duration } from "./duration.ts";
import { type Diagnosis, originOf, type Situation, thenRepeat } from "./situation.ts";

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
  firewall: (refusal, situation) => ({
    causes: [
      "Binance's firewall stopped the request before the key was checked.",
      "Too many requests came from this address, or from its neighbours.",
    ],
    remedy: `Wait ${duration(pauseAfter(refusal) ?? 0)} without a request from this address, including the bot's. ${thenRepeat(situation)}`,
  }),
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
      "The key was changed when it was copied.",
    ],
    remedy: `Look for the key in API Management at binance.com. If it isn't there, create a new one, and set both values: \`${setKey}\`, \`${setSecret}\`.${thenUpdate(situation)}`,
  }),
  signature: (_, situation) => ({
    causes: [
      "The secret doesn't belong to the API key: one of the two is from another key.",
      "The secret was changed when it was copied: its end was cut off, or a character was added.",
    ],
    remedy: `Set both values of one key again: \`${setKey}\`, \`${setSecret}\`. If you no longer have the secret, delete the key and create a new one: Binance shows a secret only once.${thenUpdate(situation)}`,
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
  malformed: (_, { caller }) => ({
    causes: [
      "A part of the request didn't arrive: something between here and Binance changes requests.",
      "A mistake in this program.",
    ],
    remedy:
      caller === "guard"
        ? "Run `npm run verify -- --verbose`, and report its output, which contains no secret."
        : "Report it with the output of --verbose, which contains no secret.",
  }),
  order: () => ({
    causes: ["This account may not trade the test order's pair, or the amount isn't allowed."],
    remedy: "So it is unknown whether the key may trade. Try the pair of your own bot with its dry run.",
  }),
  unavailable: (_, situation) => ({
    causes: ["Binance has a technical problem."],
    remedy: `See Binance's announcements for maintenance, and wait a few minutes. ${thenRepeat(situation)}`,
  }),
  other: (refusal) => ({
    causes: [`Binance refused the request (${describeFailure(refusal)}).`],
    remedy: "Look the code up in Binance's API documentation, under Error Codes.",
  }),
};

function diagnoseAccess({ requestIp }: Refusal, situation: Situation): Diagnosis {
  const { caller, ipAddress } = situation;
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
  return {
    causes: [
      `The address ${ipAddress} isn't in the key's whitelist, or was added only just now.`,
      ...otherCauses,
    ],
    remedy: `At Binance, in API Management, edit the key: "Restrict access to trusted IPs only", add ${ipAddress}, confirm, save. Wait a minute. ${thenRepeat(situation)}`,
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
