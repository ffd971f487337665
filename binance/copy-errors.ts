import type { KeyPair } from "./key-pair.ts";
import { looksLikeKeyFile, readPrivateKey } from "./private-key.ts";
import { codePoint } from "./text.ts";

/** What is wrong with a pasted value. No text here ever contains a part of the value. */
export interface CopyError {
  value: "apiKey" | "apiSecret";
  severity: "error" | "warning";
  /** Continues a sentence after the value's name: "starts with white space". */
  problem: string;
  remedy: string;
  /** The right value has several lines: a prompt would take only the first. */
  severalLines?: boolean;
}

/** How messages call the two values of a pair. */
export type PairNames = Record<CopyError["value"], string>;

/** Every key and secret in Binance's documentation has 64 letters and digits, but no rule is stated. */
const usualLength = 64;

const copyAgain = "Copy it again from Binance, without anything before or after it.";
const createAgain =
  "Binance shows a secret only once: if you no longer have it, delete the key and create a new one.";

/**
 * Finds the typical mistakes of copying a key pair. With an error, the pair can't be valid; a warning is unusual.
 *
 * @param apiKey as it was set, or undefined if it is missing
 * @param apiSecret likewise
 * @param names how messages call the two values
 * @returns nothing if both are missing: a server may exist before there is a key
 */
export function findCopyErrors(
  apiKey: string | undefined,
  apiSecret: string | undefined,
  names: PairNames = { apiKey: "apiKey", apiSecret: "apiSecret" },
): CopyError[] {
  if (apiKey === undefined && apiSecret === undefined) {
    return [];
  }
  if (apiKey === undefined) {
    return [missing("apiKey", names.apiSecret)];
  }
  if (apiSecret === undefined) {
    return [missing("apiSecret", names.apiKey)];
  }
  const inUtf16 = findUtf16({ apiKey, apiSecret });
  if (inUtf16.length > 0) {
    return inUtf16;
  }
  if (looksLikeKeyFile(apiKey)) {
    return [keyIsPem(apiKey, apiSecret, names)];
  }

  const secretErrors = looksLikeKeyFile(apiSecret)
    ? findPemErrors(apiSecret)
    : findTokenErrors("apiSecret", apiSecret);
  const errors = [...findTokenErrors("apiKey", apiKey), ...secretErrors];
  if (apiKey.trim() === apiSecret.trim() && apiKey.trim() !== "") {
    errors.push(equal);
  }
  return errors;
}

/** Two values that should be a key pair, such as those of the settings. */
export interface PairReading {
  /** Undefined if a value is missing, or the pair can't be valid. A private key has plain line ends here. */
  pair: KeyPair | undefined;
  errors: CopyError[];
}

/** The one way to make a key pair of two values: in the form in which it is installed, so that all fingerprints agree. */
export function readPair(apiKey: string | undefined, apiSecret: string | undefined): PairReading {
  const errors = findCopyErrors(apiKey, apiSecret);
  if (
    apiKey === undefined ||
    apiSecret === undefined ||
    errors.some(({ severity }) => severity === "error")
  ) {
    return { pair: undefined, errors };
  }
  const reading = looksLikeKeyFile(apiSecret) ? readPrivateKey(apiSecret) : undefined;
  return { pair: { apiKey, apiSecret: reading?.ok ? reading.pem : apiSecret }, errors };
}

const equal: CopyError = {
  value: "apiSecret",
  severity: "error",
  problem: "is the same as the API key",
  remedy: `The secret is the second of the two values. ${createAgain}`,
};

/** Values from a file in UTF-16. What else is wrong with them can't be seen. */
function findUtf16(pair: KeyPair): CopyError[] {
  return (["apiKey", "apiSecret"] as const)
    .filter((value) => isUtf16(pair[value]))
    .map((value) => ({
      value,
      severity: "error",
      problem: "is from a file in UTF-16, as PowerShell's `>` writes it",
      remedy:
        "Convert the file, and set the value from the new one: `iconv -f UTF-16 -t UTF-8 FILE > private.pem`, or in PowerShell `Get-Content FILE | Set-Content -Encoding ascii private.pem`.",
      severalLines: value === "apiSecret",
    }));
}

/**
 * Whether a text was read byte by byte from plain text in UTF-16: every second character is zero. Its byte order mark can be
 * missing, or has become other characters, because it isn't UTF-8.
 */
function isUtf16(text: string): boolean {
  const content = text.replace(/^(?:\ufffd{1,2}|\ufeff|\u00ff\u00fe|\u00fe\u00ff)/, "");
  return /^(?:\0[^\0])+$/.test(content) || /^(?:[^\0]\0)+[^\0]?$/.test(content);
}

function missing(value: CopyError["value"], other: string): CopyError {
  return {
    value,
    severity: "error",
    problem: `is missing, but ${other} is set`,
    remedy: "A key works only as a pair: set both, or neither.",
  };
}

function keyIsPem(apiKey: string, apiSecret: string, names: PairNames): CopyError {
  const swapped = apiKey.includes("PRIVATE KEY") && !looksLikeKeyFile(apiSecret);
  return {
    value: "apiKey",
    severity: "error",
    problem: swapped
      ? "contains a private key, so the two values look swapped"
      : "is a key in a file's format, which is never an API key",
    remedy: swapped
      ? `Set ${names.apiKey} to the API key that Binance shows, and ${names.apiSecret} to the private key.`
      : "Set it to the API key that Binance shows in API Management after you have uploaded the public key.",
  };
}

/** API keys and HMAC secrets: one word of letters and digits. */
function findTokenErrors(value: CopyError["value"], text: string): CopyError[] {
  const error = (problem: string): CopyError => ({ value, severity: "error", problem, remedy: copyAgain });
  if (text.trim() === "") {
    return [error("is empty")];
  }

  if (isPath(text.trim())) {
    return [{ value, severity: "error", ...path, severalLines: value === "apiSecret" }];
  }
  const named = namedProblem(text.trim());
  if (named !== undefined) {
    return [error(named)];
  }

  const errors: CopyError[] = [];
  const inner = text.trim();
  if (/^\s/.test(text)) {
    errors.push(error("starts with white space"));
  }
  if (/\s$/.test(text)) {
    errors.push(error("ends with white space or a line break"));
  }
  if (/[\r\n]/.test(inner)) {
    errors.push(error("has a line break inside"));
  } else if (/\s/.test(inner)) {
    errors.push(error("has white space inside"));
  }
  if (/["'`\u2018-\u201f]/.test(text)) {
    errors.push(error("has quotes in or around it"));
  }
  const invisible = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u.exec(inner.replaceAll(/\s/g, " "));
  if (invisible) {
    errors.push(error(`has an invisible character (${codePoint(invisible[0])})`));
  } else if (/[^\p{ASCII}\s\u2018-\u201f]/u.test(inner)) {
    errors.push(error("has a character other than plain letters and digits"));
  }
  if (errors.length > 0) {
    return errors;
  }

  if (!/^[A-Za-z0-9]+$/.test(text)) {
    return [unusual(value, "has characters other than letters and digits")];
  }
  if (text.length !== usualLength) {
    return [unusual(value, `has ${text.length} characters; ${usualLength} are usual`)];
  }
  return [];
}

function unusual(value: CopyError["value"], problem: string): CopyError {
  return {
    value,
    severity: "warning",
    problem,
    remedy:
      "If the start or the end was cut off when copying, Binance will refuse it. Compare it with the original.",
  };
}

const path = {
  problem: "is the path of a file, and not what the file contains",
  remedy: "Set it to what the file contains.",
};

/** Such as /home/me/private.pem, ~/key, ./key, @private.pem, private.pem. */
function isPath(text: string): boolean {
  return (
    /^["']?(?:@|(?:~|\.{1,2})[\\/]|\/[\w.-]+\/|[A-Za-z]:[\\/])\S/.test(text) ||
    /\.(?:pem|key|der|txt|p8)["']?$/i.test(text)
  );
}

/** What was copied besides the value, or instead of it. */
function namedProblem(text: string): string | undefined {
  if (/^["']?[A-Za-z][A-Za-z_ -]*["']?\s*[:=]/.test(text)) {
    return "starts with a name, such as apiKey=, which isn't part of it";
  }
  if (/[*\u2022\u25cf]{2}|\u2026|\.{3}/.test(text)) {
    return "is masked: it has asterisks or dots in place of characters";
  }
  if (/[,;]["']?$/.test(text)) {
    return "ends with a comma or a semicolon, which isn't part of it";
  }
  return undefined;
}

function findPemErrors(text: string): CopyError[] {
  const reading = readPrivateKey(text);
  return reading.ok
    ? []
    : [
        {
          value: "apiSecret",
          severity: "error",
          problem: reading.problem,
          remedy: reading.remedy,
          severalLines: true,
        },
      ];
}
