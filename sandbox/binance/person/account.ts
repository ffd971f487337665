import { exactly, UsageError, type Verb, wholeNumber } from "./verb.ts";

const aDay = "86400";

export const accountVerbs: Verb[] = [
  {
    name: "balance",
    words: "ASSET FREE [LOCKED]",
    about: "sets what the account has of an asset",
    run: async (control, words) => {
      const [asset = "", free = "", locked = "0"] = exactly(
        words.length === 2 ? [...words, "0"] : words,
        "ASSET",
        "FREE",
        "LOCKED",
      );
      await control.editAccount({ balances: { [asset]: { free, locked } } });
      return `There is ${free} ${asset}, and ${locked} in orders.\n`;
    },
  },
  {
    name: "lock",
    words: "[SECONDS]",
    about: "locks the account's API trading, for a day unless told otherwise",
    run: async (control, words) => {
      const [seconds = aDay] = exactly(words.length === 0 ? [aDay] : words, "SECONDS");
      await control.editAccount({ lockedSeconds: wholeNumber(seconds) });
      return `API trading is locked for ${seconds} s.\n`;
    },
  },
  {
    name: "unlock",
    words: "",
    about: "unlocks it",
    run: async (control, words) => {
      exactly(words);
      await control.editAccount({ lockedSeconds: 0 });
      return "API trading is not locked.\n";
    },
  },
  {
    name: "trading",
    words: "on|off",
    about: "lets the account trade, or not, whatever its keys may",
    run: async (control, words) => {
      const [word = ""] = exactly(words, "on or off");
      if (word !== "on" && word !== "off") {
        throw new UsageError(`trading is on or off, not "${word}"`);
      }
      await control.editAccount({ canTrade: word === "on" });
      return `Trading is ${word}.\n`;
    },
  },
  {
    name: "status",
    words: "TEXT",
    about: 'sets what account/status says; it is "Normal" otherwise',
    run: async (control, words) => {
      const [status = ""] = exactly(words, "TEXT");
      await control.editAccount({ status });
      return `The account's status is "${status}".\n`;
    },
  },
  {
    name: "withdrawal-address",
    words: "COIN NETWORK ADDRESS [--not-whitelisted]",
    about: "replaces the addresses to withdraw to by this one; COIN none: by none",
    run: async (control, words) => {
      const isWhitelisted = !words.includes("--not-whitelisted");
      const left = words.filter((word) => word !== "--not-whitelisted");
      if (left.length === 1 && left[0] === "none") {
        await control.editAccount({ withdrawalAddresses: [] });
        return "There are no addresses to withdraw to.\n";
      }
      const [coin = "", network = "", address = ""] = exactly(left, "COIN", "NETWORK", "ADDRESS");
      await control.editAccount({
        withdrawalAddresses: [{ coin, network, address, name: `My ${coin}`, isWhitelisted }],
      });
      return `${address} is ${isWhitelisted ? "" : "not "}in the whitelist.\n`;
    },
  },
];
