import { SetupError } from "./setup-error.ts";

/** The directories that systemd gives the guard's unit (systemd.exec(5)). */
export interface Directories {
  /** Contains "binance" and, if they are set, "trading-bot-webhook" and "trading-bot-heartbeat". */
  credentials: string;
  /** Contains guard.json. */
  configuration: string;
  /** The guard's own state. */
  state: string;
  /** In memory: what one unit of the guard leaves for the next. */
  runtime: string;
}

/** @throws SetupError if the guard isn't run by its unit */
export function directoriesOf(environment: NodeJS.ProcessEnv): Directories {
  const read = (name: string): string => {
    const path = environment[name];
    if (path === undefined || path === "") {
      throw new SetupError(`${name} isn't set. The guard runs as a unit: systemctl start trading-bot-guard`);
    }
    return path;
  };
  return {
    credentials: read("CREDENTIALS_DIRECTORY"),
    configuration: read("CONFIGURATION_DIRECTORY"),
    state: read("STATE_DIRECTORY"),
    runtime: read("RUNTIME_DIRECTORY"),
  };
}
