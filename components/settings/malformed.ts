/** What to say of a malformed value. Without a `problem`, the value itself is shown. */
export interface Malformed {
  problem?: string;
  explanation: string;
  /** Follows "pulumi config"; NAME stands for the setting. */
  command: string;
}

export const malformedFlag: Malformed = {
  explanation: "It is either true or false.",
  command: "set NAME true",
};

const malformedList: Malformed = {
  problem: "is no list of texts",
  explanation: "Set one value, or several separated by commas.",
  command: "set NAME VALUE,VALUE",
};

/** Of each setting that is no flag. */
export const malformed: Record<string, Malformed> = {
  adminCidrs: malformedList,
  sshKeys: malformedList,
  verification: {
    explanation:
      "It is enforce (only a key that passes is activated), warn (it is activated all the same) or off.",
    command: "set NAME enforce",
  },
  keyName: {
    problem: "is longer than 100 characters",
    explanation: "It is the key's name at Binance, which says which system the key is for.",
    command: "set NAME TradingBot-Hetzner-01",
  },
  renewAfterMonths: {
    explanation: "It is a number of months from 1 to 12.",
    command: "set NAME 6",
  },
  confirmations: {
    problem: "is not what `npm run verify -- --confirm` has written",
    explanation: "Take it out, and confirm the points of the account again.",
    command: "rm NAME",
  },
  rebootTime: {
    explanation: "It is an hour and minute of the day in UTC, like 03:30, or never.",
    command: "set NAME 03:30",
  },
};
