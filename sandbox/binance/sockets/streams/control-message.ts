import * as z from "zod";

/** What a client may want from a connection. */
export type Command =
  | { method: "SUBSCRIBE" | "UNSUBSCRIBE"; streams: string[] }
  | { method: "LIST_SUBSCRIPTIONS" | "GET_PROPERTY" }
  | { method: "SET_PROPERTY"; isCombined: boolean };

/** Documented: a whole number, a text of letters and digits, or null. */
export type MessageId = number | string | null;

/** A message can't be carried out. The codes and texts are documented, but not that they are in a field "error". */
export class StreamError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const id = z.union([z.int(), z.string().regex(/^[\w-]{0,36}$/), z.null()]);
const methods = ["SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY"] as const;
const method = z.enum(methods);
const message = z.object({
  method: z.string(),
  id: id.optional(),
  params: z.array(z.unknown()).optional(),
});
const fields = new Set(Object.keys(message.shape));

/**
 * Reads a message.
 *
 * @throws StreamError
 */
export function readCommand(text: string): Command {
  const value = parseJson(text);
  const parsed = message.safeParse(value);
  if (!parsed.success) {
    throw unreadable(value, parsed.error, text);
  }
  const { data } = parsed;
  if (data.id === undefined) {
    throw invalid("request ID must be an unsigned integer");
  }
  const known = method.safeParse(data.method);
  if (!known.success) {
    const list = methods.map((name) => `\`${name}\``).join(", ");
    const column = text.indexOf(JSON.stringify(data.method)) + JSON.stringify(data.method).length;
    throw invalid(`unknown variant \`${data.method}\`, expected one of ${list} at line 1 column ${column}`);
  }
  // Documented: unnecessary parameters are refused. assumed: also fields that no message has.
  if (Object.keys(z.looseObject({}).parse(value)).some((name) => !fields.has(name))) {
    throw invalid("too many parameters");
  }
  return commandOf(known.data, data.params, text);
}

/** The id of a message; undefined if it has none that can be read. */
export function idOf(text: string): MessageId | undefined {
  const parsed = z.object({ id }).safeParse(safely(() => parseJson(text)));
  return parsed.success ? parsed.data.id : undefined;
}

function commandOf(method: Command["method"], params: unknown[] | undefined, text: string): Command {
  switch (method) {
    case "SUBSCRIBE":
    case "UNSUBSCRIBE": {
      if (params === undefined) {
        throw invalid(`missing field \`params\` at line 1 column ${text.length}`);
      }
      const streams = z.array(z.string()).safeParse(params);
      if (!streams.success) {
        throw invalid("invalid stream");
      }
      return { method, streams: streams.data };
    }
    case "LIST_SUBSCRIPTIONS":
      return { method };
    case "GET_PROPERTY":
      checkProperty(params ?? [], 1);
      return { method };
    case "SET_PROPERTY":
      return { method, isCombined: propertyValue(params ?? []) };
  }
}

function propertyValue(params: unknown[]): boolean {
  checkProperty(params, 2);
  const [, value] = params;
  if (typeof value !== "boolean") {
    throw new StreamError(1, "Invalid value type: expected Boolean");
  }
  return value;
}

function checkProperty(params: unknown[], count: number): void {
  const [name] = params;
  if (typeof name !== "string") {
    throw invalid("property name must be a string");
  }
  if (params.length > count) {
    throw invalid("too many parameters");
  }
  if (name !== "combined") {
    throw new StreamError(0, "Unknown property");
  }
}

/** assumed: which error comes first, if there are several. */
function unreadable(value: unknown, error: z.ZodError, text: string): StreamError {
  const fields = error.issues.map(({ path }) => path[0]);
  if (typeof value !== "object" || value === null || fields.includes("method")) {
    return invalid(`missing field \`method\` at line 1 column ${text.length}`);
  }
  return invalid(fields.includes("id") ? "request ID must be an unsigned integer" : "invalid stream");
}

function invalid(what: string): StreamError {
  return new StreamError(2, `Invalid request: ${what}`);
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    const [, line = "1", column = "1"] = /line (\d+) column (\d+)/.exec(String(error)) ?? [];
    throw new StreamError(3, `Invalid JSON: expected value at line ${line} column ${column}`);
  }
}

function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
