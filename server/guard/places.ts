/** Where systemd has put what the guard may read and write (systemd.exec(5)). */
export interface Places {
  /** Holds "binance" and, where one is set, "trading-bot-webhook". */
  credentials: string;
  /** Holds guard.json. */
  configuration: string;
  /** The guard's own memory. */
  state: string;
}

/** @throws Error where the guard isn't run by its unit */
export function placesOf(environment: NodeJS.ProcessEnv): Places {
  const place = (name: string): string => {
    const path = environment[name];
    if (path === undefined || path === "") {
      throw new Unusable(`${name} isn't set. The guard runs as a unit: systemctl start trading-bot-guard`);
    }
    return path;
  };
  return {
    credentials: place("CREDENTIALS_DIRECTORY"),
    configuration: place("CONFIGURATION_DIRECTORY"),
    state: place("STATE_DIRECTORY"),
  };
}

/** Something that was installed can't be used. The message says what to do, and holds nothing secret. */
export class Unusable extends Error {}
