/** A call to Hetzner that has no usable answer. Its message holds no secret. */
export class HetznerError extends Error {
  /** Hetzner's error code, such as "resource_unavailable"; ours are "unreachable", "unreadable" and "unfinished". */
  readonly code: string;
  /** The HTTP status; undefined if there was no answer, or if an action failed that Hetzner had accepted. */
  readonly status: number | undefined;

  constructor(code: string, message: string, status?: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/**
 * Whether the same call may succeed in a moment: nobody has to change anything first. It doesn't say whether Hetzner
 * has performed the call.
 */
export function isPassing({ code, status }: HetznerError): boolean {
  return (
    code === "unreachable" ||
    passingCodes.has(code) ||
    status === 502 ||
    status === 503 ||
    status === 504 ||
    status === 500
  );
}

const passingCodes = new Set(["conflict", "locked", "rate_limit_exceeded", "timeout", "unavailable"]);
