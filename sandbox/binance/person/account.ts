import { exactly, UsageError, type Verb, wholeNumber } from "./verb.ts";

const aDay = "86400";

export const accountVerbs: Verb[] = [
  {
    name: "balance",
    args: "ASSET FREE [LOCKED]",
    about: "sets the amount of an asset",
    run: async (control, args) => {
      const [asset = "", free = "", locked = "0"] = exactly(
        args.length === 2 ? [...args, "0"] : args,
        "ASSET",
        "FREE",
        "LOCKED",
      );
      await control.editAccount({ balances: { [asset]: { free, locked } } });
      return `The account has ${free} ${asset}, and ${locked} in orders.\n`;
    },
  },
  {
    name: "lock",
    args: "[SECONDS]",
    about: "locks the account's API trading, by default for a day",
    run: async (control, args) => {
      const [seconds = aDay] = exactly(args.length === 0 ? [aDay] : args, "SECONDS");
      await control.editAccount({ lockedSeconds: wholeNumber(seconds) });
      return `API trading is locked for ${seconds} s.\n`;
    },
  },
  {
    name: "unlock",
    args: "",
    about: "unlocks the account's API trading",
    run: async (control, args) => {
      exactly(args);
      await control.editAccount({ lockedSeconds: 0 });
      return "API trading is not locked.\n";
    },
  },
  {
    name: "trading",
    args: "on|off",
    about: "allows or forbids trading for the whole account",
    run: async (control, args) => {
      const [word = ""] = exactly(args, "on or off");
      if (word !== "on" && word !== "off") {
        throw new UsageError(`trading is on or off, not "${word}"`);
      }
      await control.editAccount({ canTrade: word === "on" });
      return `Trading is ${word}.\n`;
    },
  },
  {
    name: "status",
    args: "TEXT",
    about: 'sets the text of account/status, which is "Normal" at first',
    run: async (control, args) => {
      const [status = ""] = exactly(args, "TEXT");
      await control.editAccount({ status });
      return `The account's status is "${status}".\n`;
    },
  },
  {
    name: "withdrawal-address",
    args: "COIN NETWORK ADDRESS [--not-whitelisted]",
    about: "replaces all withdrawal addresses by this one; 'none' instead removes them",
    run: async (control, args) => {
      const isWhitelisted = !args.includes("--not-whitelisted");
      const left = args.filter((word) => word !== "--not-whitelisted");
      if (left.length === 1 && left[0] === "none") {
        await control.editAccount({ withdrawalAddresses: [] });
        return "There are no withdrawal addresses.\n";
      }
      const [coin = "", network = "", address = ""] = exactly(left, "COIN", "NETWORK", "ADDRESS");
      await control.editAccount({
        withdrawalAddresses: [{ coin, network, address, name: `My ${coin}`, isWhitelisted }],
      });
      return `${address} is ${isWhitelisted ? "" : "not "}in the whitelist.\n`;
    },
  },
];
