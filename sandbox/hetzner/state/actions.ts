import { timestamp } from "../timestamp.ts";
import type { SharedState } from "./shared-state.ts";

/** What an action is about. */
export interface ActionResource {
  id: number;
  type: "server" | "primary_ip" | "firewall";
}

export interface Action {
  readonly id: number;
  /** What is done: "create_server". */
  readonly command: string;
  readonly resources: readonly ActionResource[];
  readonly started: Date;
  /** Milliseconds that it takes at least. */
  readonly duration: number;
  status: "running" | "success" | "error";
  finished: Date | undefined;
  error: { code: string; message: string } | undefined;
}

/** A project's actions, which run beside the calls that began them. */
export class Actions {
  readonly #shared: SharedState;
  readonly #actions = new Map<number, Action>();

  constructor(shared: SharedState) {
    this.#shared = shared;
  }

  list(): Action[] {
    return [...this.#actions.values()];
  }

  find(id: number): Action | undefined {
    return this.#actions.get(id);
  }

  /** Begins an action, whose work is still to be given to `perform`. */
  begin(command: string, ...resources: ActionResource[]): Action {
    const action: Action = {
      id: this.#shared.ids.next("action"),
      command,
      resources,
      started: this.#shared.clock.now(),
      duration: this.#shared.actionDuration,
      status: "running",
      finished: undefined,
      error: undefined,
    };
    this.#actions.set(action.id, action);
    return action;
  }

  /** Writes down something that is done as soon as it is asked for. */
  done(command: string, ...resources: ActionResource[]): Action {
    const action = this.begin(command, ...resources);
    this.#finish(action, this.#shared.faults.takeForAction(command));
    return action;
  }

  /**
   * Does an action's work, and lets the action run for as long as that takes, and as long as actions take at
   * least.
   *
   * @returns whether it succeeded; it never rejects
   */
  async perform(action: Action, work: () => Promise<void>): Promise<boolean> {
    const ordered = this.#shared.faults.takeForAction(action.command);
    try {
      await Promise.all([ordered ? undefined : work(), this.#shared.clock.wait(action.duration)]);
      this.#finish(action, ordered);
    } catch (error) {
      this.#shared.report(`${action.command} of ${describe(action)} failed: ${messageOf(error)}`);
      // The documented code and text; what really happened is none of the client's business.
      this.#finish(action, { code: "action_failed", message: "Action failed" });
    }
    return action.status === "success";
  }

  /** Ends an action whose work never came, because one before it failed. */
  giveUp(action: Action): void {
    this.#finish(action, { code: "action_failed", message: "Action failed" });
  }

  #finish(action: Action, error: Action["error"]): void {
    action.status = error ? "error" : "success";
    action.error = error;
    action.finished = this.#shared.clock.now();
  }
}

/** An action as the API shows it. */
export function actionJson(action: Action, now: Date): object {
  return {
    id: action.id,
    command: action.command,
    status: action.status,
    progress: progressOf(action, now),
    started: timestamp(action.started),
    finished: action.finished ? timestamp(action.finished) : null,
    resources: action.resources,
    error: action.error ?? null,
  };
}

/** Assumed: it grows evenly, and waits near the end where the work takes longer; one that failed is at its end. */
function progressOf(action: Action, now: Date): number {
  if (action.status !== "running") {
    return 100;
  }
  const elapsed = now.getTime() - action.started.getTime();
  return action.duration === 0 ? 0 : Math.min(95, Math.floor((elapsed / action.duration) * 100));
}

function describe(action: Action): string {
  return action.resources.map(({ type, id }) => `${type} ${id}`).join(", ");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
