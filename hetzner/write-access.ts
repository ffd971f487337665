import * as z from "zod";
import type { HetznerClient } from "./client.ts";
import { HetznerError } from "./failure.ts";
import type { Findings } from "./findings.ts";
import { explain } from "./refusals.ts";

/** Whether the token may write, as far as one call can show. */
export type WriteAccess =
  | { kind: "may-write" }
  | { kind: "read-only" }
  /** The answer says neither. */
  | { kind: "unknown"; answer: string };

/**
 * Checks it by an order that is invalid on purpose: it has no server type, no image and no name, so that it can't
 * order anything. Assumed: Hetzner checks the token first, then its permission, and the input last. A token that may
 * write is then refused with `invalid_input`, a read-only one with `token_readonly` or `forbidden`.
 *
 * @throws HetznerError, code "unauthorized", if Hetzner doesn't know the token; code "unreachable"
 */
export async function checkWriteAccess(client: HetznerClient): Promise<WriteAccess> {
  try {
    await client.post("/servers", {}, z.unknown(), true);
  } catch (error) {
    if (!(error instanceof HetznerError) || error.code === "unauthorized" || error.code === "unreachable") {
      throw error;
    }
    return meaningOf(error);
  }
  return { kind: "unknown", answer: "Hetzner accepted an order that is invalid on purpose." };
}

function meaningOf({ code, message }: HetznerError): WriteAccess {
  switch (code) {
    case "invalid_input":
      return { kind: "may-write" };
    case "token_readonly":
    case "forbidden":
      return { kind: "read-only" };
    default:
      return { kind: "unknown", answer: message };
  }
}

/** What the token's access means for an order. */
export function writeFindings(access: WriteAccess): Findings {
  switch (access.kind) {
    case "may-write":
      return { errors: [], warnings: [] };
    case "read-only": {
      const { problem = "", remedy = "" } = explain("token_readonly") ?? {};
      return { errors: [`${problem} ${remedy}`], warnings: [] };
    }
    case "unknown":
      return { errors: [], warnings: [`Could not verify that the API token may write. ${access.answer}`] };
  }
}
