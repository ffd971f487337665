import { lookAtStack } from "./look.ts";
import { type Notice, noticeOf, noticesOf, sharedKeyNotices, sorted } from "./notices.ts";
import type { StackStatus, UnreadableStack } from "./stack-status.ts";

/** A stack to look at: its name for people, and the command's --stack, undefined for the selected one. */
export interface Wanted {
  name: string;
  stack: string | undefined;
}

export interface LookedAt extends Wanted {
  status: StackStatus | UnreadableStack;
  notices: Notice[];
}

/** Looks at stacks at the same time, and finds what needs a person. */
export async function lookAtAll(wanted: Wanted[]): Promise<LookedAt[]> {
  const all = await Promise.all(
    wanted.map(async (one) => ({ ...one, status: await lookAtStack(one.name, one.stack) })),
  );
  const now = new Date();
  const shared = sharedKeyNotices(all.map(({ status }) => status).filter(hasServer));
  return all.map((one) => ({
    ...one,
    notices: sorted([...ofStack(one.status, now), ...inMap(shared, one.name)]),
  }));
}

export function hasServer(status: StackStatus | UnreadableStack): status is StackStatus {
  return "ipAddress" in status;
}

function ofStack(status: StackStatus | UnreadableStack, now: Date): Notice[] {
  return hasServer(status) ? noticesOf(status, now) : [noticeOf(status)];
}

function inMap(shared: Map<string, Notice>, stack: string): Notice[] {
  const notice = shared.get(stack);
  return notice === undefined ? [] : [notice];
}

/** 1 if something needs a person, otherwise 2 if something is unknown, otherwise 0. */
export function exitCodeOf(all: LookedAt[]): number {
  const kinds = new Set(all.flatMap(({ notices }) => notices.map(({ kind }) => kind)));
  if (kinds.has("problem")) {
    return 1;
  }
  return kinds.has("unknown") ? 2 : 0;
}
