import { describeTrouble, type Refusal, type Trouble, type UnreachableReason } from "../binance/errors.ts";

/** Where a request was made from, and what for. */
export interface Situation {
  /** The server's static address. */
  ipAddress: string;
  place: Place;
}

/** Through the server; from the operator's computer; or from the server by itself, which is the guard. */
export type Place = "server" | "direct" | "guard";

/** What to make of a trouble. */
export interface Diagnosis {
  /** The likeliest first. */
  causes: string[];
  remedy: string;
}

/** A person starts `npm run verify` again; the guard starts itself. */
function thenAgain(place: Place): string {
  return place === "guard" ? "The guard asks again by itself." : "Then run this again.";
}

/** A new value of a setting reaches the server by the next update; who runs this from a stack knows that. */
function thenDeliver(place: Place): string {
  return place === "guard" ? " Then run `pulumi up`." : "";
}

const setSecret = "pulumi config set --secret binance:apiSecret";
const setKey = "pulumi config set --secret binance:apiKey";

/** Says for each trouble what may be behind it and what to do, as things are with this project. */
export function diagnose(trouble: Trouble, situation: Situation): Diagnosis {
  switch (trouble.kind) {
    case "refused":
      return diagnoseRefusal(trouble, situation);
    case "unreachable":
      return diagnoseUnreachable(trouble.reason, trouble.detail, situation);
    case "unreadable":
      return {
        causes: [
          "Something between here and Binance has answered in its place.",
          "Binance has changed the reply, or is being maintained.",
        ],
        remedy: `Wait some minutes. ${thenAgain(situation.place)} If it stays, look for a newer version of this program.`,
      };
    case "skipped":
      return { causes: [], remedy: "Mend what comes before it first." };
  }
}

function diagnoseRefusal(refusal: Refusal, { ipAddress, place }: Situation): Diagnosis {
  const { status, code } = refusal;
  // A limit first: other codes come with it, and it is the one that asks to be left alone.
  if (status === 429 || status === 418 || code === -1003) {
    return wait(refusal, place);
  }
  switch (code ?? 0) {
    case -2015:
      return refusedAddress(refusal, ipAddress, place);
    case -1022:
      return {
        causes: [
          "The secret doesn't belong to the API key: one of the two is of another key.",
          "The secret was changed in copying: its end was cut off, or a character was added.",
        ],
        remedy: `Set both values of one key anew: \`${setKey}\`, \`${setSecret}\`. If you no longer have the secret, delete the key and create a new one: Binance shows a secret once.${thenDeliver(place)}`,
      };
    case -2008:
      return {
        causes: [
          "The key was deleted: by a person, or by Binance, which deletes keys without an address restriction.",
          "It is a key of another platform: a test net, or binance.us.",
          "The key was changed in copying.",
        ],
        remedy: `Look for the key in API Management at binance.com. If it isn't there, create a new one, and set both values: \`${setKey}\`, \`${setSecret}\`.${thenDeliver(place)}`,
      };
    case -2014:
      return {
        causes: [
          "The key was changed in copying: cut off, or with something added.",
          "Key and secret are swapped, or the value isn't a key at all.",
        ],
        remedy: `Copy the key again from API Management: \`${setKey}\`.${thenDeliver(place)}`,
      };
    case -1021:
      return {
        causes: [
          "A clock is wrong: requests are signed by the exchange's clock as it was read just before.",
          "The request was under way for more than 5 seconds.",
        ],
        remedy:
          place === "guard"
            ? `Look at the server's clock: \`npm run ssh -- chronyc tracking\`. ${thenAgain(place)}`
            : `Set this computer's clock by the network (\`timedatectl set-ntp true\`), and look for a slow connection. ${thenAgain(place)}`,
      };
    case -1102:
      return {
        causes: [
          "A part of the request didn't arrive: something between here and Binance changes requests.",
          "A mistake of this program's.",
        ],
        remedy:
          place === "guard"
            ? "Run `npm run verify -- --verbose`, and report its output, which holds no secret."
            : "Report it with the output of --verbose, which holds no secret.",
      };
    case -1121:
    case -1013:
    case -2010:
      return {
        causes: ["The test order's trading pair or amount isn't one that this account may trade."],
        remedy: `Whether the key may trade isn't known from this. Try the pair of your own bot with its dry run.`,
      };
  }
  switch (status) {
    case 451:
      return {
        causes: [
          place !== "direct"
            ? `Binance doesn't serve the country that it takes ${ipAddress} to be in.`
            : "Binance doesn't serve the country that this computer is in.",
        ],
        remedy:
          place !== "direct"
            ? "A server in an EU location (fsn1, nbg1, hel1) is served. The address can't move: set up a new stack there, and whitelist its address."
            : "Run this from a network in a country that Binance serves.",
      };
    case 403:
      return {
        causes: [
          "Binance's firewall has stopped the request before anybody looked at the key.",
          "Too many requests came from this address, or from its neighbours.",
        ],
        remedy: `Wait five minutes without a request from this address, the bot's included. ${thenAgain(place)}`,
      };
  }
  if (status >= 500) {
    return {
      causes: ["Binance has trouble of its own."],
      remedy: `See Binance's announcements for maintenance, and wait some minutes. ${thenAgain(place)}`,
    };
  }
  return {
    causes: [`Binance has refused the request (${describeTrouble(refusal)}).`],
    remedy: "Look the code up in Binance's API documentation, under Error Codes.",
  };
}

function refusedAddress({ requestIp }: Refusal, ipAddress: string, place: Place): Diagnosis {
  const elsewhere = place !== "direct" && requestIp !== undefined && requestIp !== ipAddress;
  return {
    causes: [
      elsewhere
        ? `Binance sees the request come from ${requestIp}, while the stack's address is ${ipAddress}.`
        : `The address ${ipAddress} isn't in the key's whitelist, or was added only just now.`,
      'The key has no permission for this: "Enable Reading" is off, or "Enable Spot & Margin Trading".',
      "The key was deleted, is of another platform (a test net, binance.us), or is swapped with the secret.",
    ],
    remedy: elsewhere
      ? `Find out why the server leaves by another address: \`npm run ssh -- ip route\`. Don't whitelist ${requestIp} unless it is yours for good.`
      : `At Binance, in API Management, edit the key: "Restrict access to trusted IPs only", add ${ipAddress}, confirm, save. Wait a minute. ${thenAgain(place)}`,
  };
}

function wait({ status, waitSeconds }: Refusal, place: Place): Diagnosis {
  const from = place !== "direct" ? "the server's address" : "this computer's address";
  const banned = status === 418;
  return {
    causes: [
      banned
        ? `Binance has banned ${from} for a time, because requests went on after it had said "too many".`
        : `More requests came from ${from} than Binance allows: the bot's count, too.`,
    ],
    remedy: `Leave Binance alone ${waitSeconds === undefined ? "for at least 5 minutes" : `for ${duration(waitSeconds)}`}: stop the bot if it is the cause. Each request before that can make the ban longer, up to 3 days; this program sends none after such an answer.`,
  };
}

/** "90 s", "12 minutes", "5 hours": rounded up, as it is a time to wait. */
export function duration(seconds: number): string {
  if (seconds <= 120) {
    return `${seconds} s`;
  }
  if (seconds <= 7200) {
    return `${Math.ceil(seconds / 60)} minutes`;
  }
  return `${Math.ceil(seconds / 3600)} hours`;
}

function diagnoseUnreachable(
  reason: UnreachableReason,
  detail: string,
  { ipAddress, place }: Situation,
): Diagnosis {
  const again = thenAgain(place);
  switch (reason) {
    case "no-ssh":
      return { causes: ["There is no `ssh` on the PATH."], remedy: `Install OpenSSH. ${again}` };
    case "ssh-unreachable":
      return {
        causes: [
          "Your own address has changed, and adminCidrs doesn't hold the new one.",
          "The server is off, or still booting.",
        ],
        remedy: `Set who may reach SSH and update: \`pulumi config set adminCidrs "$(curl -4s ifconfig.me)/32"\`, \`pulumi up\`. Look at the server in Hetzner's Cloud Console. ${again}`,
      };
    case "ssh-host-key":
      return {
        causes: [
          `Another machine than the stack's server answers at ${ipAddress}.`,
          "The server was rebuilt without Pulumi, and has a host key of its own.",
        ],
        remedy:
          "Nothing was sent. If you don't know the reason, don't go on; a fresh server comes from: `pulumi up --replace \"$(pulumi stack output serverUrn)\"`.",
      };
    case "ssh-denied":
      return {
        causes: ["The server doesn't take the stack's deploy key: its authorized_keys was changed."],
        remedy:
          'A fresh server takes it: `pulumi up --replace "$(pulumi stack output serverUrn)"`. Or restore /home/admin/.ssh/authorized_keys by Hetzner\'s console.',
      };
    case "ssh-forwarding":
      return {
        causes: [
          "The server can't reach api.binance.com: its name service or its way out is broken.",
          "Its sshd no longer allows forwarding (AllowTcpForwarding).",
        ],
        remedy: `Look from the server: \`npm run ssh -- curl -4sS https://api.binance.com/api/v3/ping\`. ${again}`,
      };
    case "ssh":
      return {
        causes: [`ssh has ended: ${detail}`],
        remedy: `See whether \`npm run ssh\` opens a shell. ${again}`,
      };
    case "dns":
      return {
        causes: [`The name service of ${here(place)} doesn't know api.binance.com: no network, or a filter.`],
        remedy: `Look: \`${command(place, "getent hosts api.binance.com")}\`. ${again}`,
      };
    case "connect":
      return {
        causes: ["A firewall or a missing network is in the way."],
        remedy: `Look: \`${command(place, "curl -4sS https://api.binance.com/api/v3/ping")}\`. ${again}`,
      };
    case "certificate":
      return {
        causes: [
          "Something between here and Binance opens TLS connections: a company's proxy, a virus scanner.",
          `The clock of ${here(place)} is far off, or its certificates are too old.`,
        ],
        remedy:
          place === "guard"
            ? "The key was not sent. Look at the server's clock: `npm run ssh -- chronyc tracking`."
            : "The key was not sent. Don't go around it: use another network, or mend the clock.",
      };
    case "tls":
    case "timeout":
    case "closed":
      return {
        causes: [
          place !== "direct"
            ? "The server is overloaded, or its connection is bad."
            : "The connection of this computer is bad, or a filter is in the way.",
          "Binance has trouble of its own.",
        ],
        remedy: `Wait a minute. ${again}`,
      };
  }
}

function here(place: Place): string {
  return place === "guard" ? "the server" : "this computer";
}

/** A command that looks from where the request was made. */
function command(place: Place, words: string): string {
  return place === "guard" ? `npm run ssh -- ${words}` : words;
}
