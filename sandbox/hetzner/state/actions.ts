import { conflict, locked } from "../errors.ts";
import { timestamp } from "../timestamp.ts";
import type { SharedState } from "./shared-state.ts";

/** A resource that an action changes. */
export interface ActionResource {
  id: number;
  type: "server" | "primary_ip" | "firewall" | "volume" | "image" | "network";
}

export interface Action {
  readonly id: number;
  /** Such as "create_server". */
  readonly command: string;
  readonly resources: readonly ActionResource[];
  readonly started: Date;
  /** How long it takes at least, in milliseconds. */
  readonly duration: number;
  status: "running" | "success" | "error";
  finished: Date | undefined;
  error: { code: string; message: string } | undefined;
}

/** A project's actions. They run on after the calls that began them. */
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

  /** Begins an action. perform() does its work. */
  begin(command: string, ...resources: ActionResource[]): Action {
    const action: Action = {
      id: this.#shared.ids.next("action"),
      command,
      resources,
      started: this.#shared.clock.now(),
      duration: this.#shared.conditions.actionDuration,
      status: "running",
      finished: undefined,
      error: undefined,
    };
    this.#actions.set(action.id, action);
    return action;
  }

  /** Records an action that is done at once. Its change was made before. */
  done(command: string, ...resources: ActionResource[]): Action {
    const action = this.begin(command, ...resources);
    const effect = this.#shared.faults.takeForAction(command);
    if (effect?.kind === "hang") {
      void this.#hang(action);
    } else {
      this.#finish(action, effect);
    }
    return action;
  }

  /**
   * Documented: an update of a Primary IP or a firewall is refused during another change. Assumed: a change is an action
   * that runs on it.
   *
   * @throws ApiError `conflict`
   */
  requireNone(resource: ActionResource): void {
    if (this.#runsOn(resource)) {
      throw conflict();
    }
  }

  /**
   * Assumed: another action on a volume is refused like one on a server.
   *
   * @throws ApiError `locked` while an action runs on the resource
   */
  requireUnlocked(resource: ActionResource): void {
    if (this.#runsOn(resource)) {
      throw locked(resource.type);
    }
  }

  #runsOn(resource: ActionResource): boolean {
    const isHere = ({ id, type }: ActionResource) => id === resource.id && type === resource.type;
    return this.list().some((action) => action.status === "running" && action.resources.some(isHere));
  }

  /**
   * Does an action's work. The action runs as long as the work takes, and at least for its duration.
   *
   * @returns whether it succeeded; it never rejects
   */
  async perform(action: Action, work: () => Promise<void>): Promise<boolean> {
    const effect = this.#shared.faults.takeForAction(action.command);
    if (effect?.kind === "hang") {
      await this.#hang(action);
      return false;
    }
    try {
      const isWorking = effect === undefined || effect.isWorkDone;
      await Promise.all([isWorking ? work() : undefined, this.#shared.clock.wait(action.duration)]);
      this.#finish(action, effect);
    } catch (error) {
      this.#shared.report(`${action.command} of ${describe(action)} failed: ${messageOf(error)}`);
      // The documented code and text. The client doesn't learn the real reason.
      this.#finish(action, { code: "action_failed", message: "Action failed" });
    }
    return action.status === "success";
  }

  /** Ends an action whose work never began, by default because an earlier action failed. */
  giveUp(action: Action, error = { code: "action_failed", message: "Action failed" }): void {
    this.#finish(action, error);
  }

  /** The action runs until the test clears its faults, and fails then. */
  async #hang(action: Action): Promise<void> {
    await this.#shared.faults.untilCleared();
    this.giveUp(action);
  }

  #finish(action: Action, error: Action["error"]): void {
    action.status = error ? "error" : "success";
    action.error = error && { code: error.code, message: error.message };
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

/** Assumed: it grows evenly, and stops near the end if the work takes longer. A failed action is at its end. */
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
