import { createPrivateKey } from "node:crypto";

/** What is wrong with a value as it was pasted. No text here ever holds a part of the value. */
export interface CopyError {
  value: "apiKey" | "apiSecret";
  severity: "error" | "warning";
  /** Follows the value's name in a sentence: "starts with white space". */
  problem: string;
  remedy: string;
}

/** Every key and secret in Binance's documentation has 64 letters and digits, but no rule is stated. */
const usualLength = 64;

const copyAgain = "Copy it again from Binance, without anything before or after it.";
const createAnew =
  "Binance shows a secret only once: if you no longer have it, delete the key and create a new one.";

/**
 * The typical mistakes of copying a key pair. Errors can't be a valid pair; warnings are unusual.
 *
 * @param apiKey as it was set, or undefined where it is missing
 * @param apiSecret likewise
 * @returns nothing where both are missing: a server may stand up before there is a key
 */
export function findCopyErrors(apiKey: string | undefined, apiSecret: string | undefined): CopyError[] {
  if (apiKey === undefined && apiSecret === undefined) {
    return [];
  }
  if (apiKey === undefined) {
    return [missing("apiKey", "apiSecret")];
  }
  if (apiSecret === undefined) {
    return [missing("apiSecret", "apiKey")];
  }
  if (isPem(apiKey)) {
    return [keyIsPem(apiKey, apiSecret)];
  }

  const secretErrors = isPem(apiSecret) ? findPemErrors(apiSecret) : findTokenErrors("apiSecret", apiSecret);
  const errors = [...findTokenErrors("apiKey", apiKey), ...secretErrors];
  if (apiKey.trim() === apiSecret.trim() && apiKey.trim() !== "") {
    errors.push(equal);
  }
  return errors;
}

const equal: CopyError = {
  value: "apiSecret",
  severity: "error",
  problem: "is the same as the API key",
  remedy: `The secret is the second of the two values. ${createAnew}`,
};

function missing(value: CopyError["value"], other: CopyError["value"]): CopyError {
  return {
    value,
    severity: "error",
    problem: `is missing, while ${other} is set`,
    remedy: "A key works only as a pair: set both, or neither.",
  };
}

function keyIsPem(apiKey: string, apiSecret: string): CopyError {
  const swapped = apiKey.includes("PRIVATE KEY") && !isPem(apiSecret);
  return {
    value: "apiKey",
    severity: "error",
    problem: swapped
      ? "holds a private key, so the two values look swapped"
      : "holds a PEM text, which is never an API key",
    remedy: swapped
      ? "Set apiKey to the API key that Binance shows, and apiSecret to the private key."
      : "Set it to the API key that Binance shows in API Management after you have uploaded the public key.",
  };
}

function isPem(value: string): boolean {
  return value.trimStart().startsWith("-----BEGIN");
}

/** API keys and HMAC secrets: one word of letters and digits. */
function findTokenErrors(value: CopyError["value"], text: string): CopyError[] {
  const error = (problem: string): CopyError => ({ value, severity: "error", problem, remedy: copyAgain });
  if (text.trim() === "") {
    return [error("is empty")];
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
    errors.push(error("has a character that is no plain letter or digit"));
  }
  if (errors.length > 0) {
    return errors;
  }

  if (!/^[A-Za-z0-9]+$/.test(text)) {
    return [{ ...unusual(value, "has signs besides letters and digits") }];
  }
  if (text.length !== usualLength) {
    return [unusual(value, `has ${text.length} characters, where ${usualLength} are usual`)];
  }
  return [];
}

function unusual(value: CopyError["value"], problem: string): CopyError {
  return {
    value,
    severity: "warning",
    problem,
    remedy: "If the end or the start was cut off in copying, Binance will refuse it: compare it once more.",
  };
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A private key of an Ed25519 or RSA API key: PKCS#8 without a passphrase (binance-spot-api-docs, "Request security"). */
function findPemErrors(pem: string): CopyError[] {
  const error = (problem: string, remedy: string): CopyError[] => [
    { value: "apiSecret", severity: "error", problem, remedy },
  ];
  const makeOne = "Make a key with `openssl genpkey -algorithm ed25519`, and give Binance its public half.";
  if (pem.includes("PUBLIC KEY")) {
    return error(
      "is a public key",
      "Set it to the private key of the pair; the public one belongs to Binance.",
    );
  }
  if (pem.includes("ENCRYPTED")) {
    return error(
      "is a private key with a passphrase",
      "A bot can't type it: decrypt it with `openssl pkey -in FILE`.",
    );
  }
  try {
    const type = createPrivateKey(pem).asymmetricKeyType;
    if (type === "ed25519" || type === "rsa") {
      return [];
    }
    return error(
      `is a private key of type ${type ?? "unknown"}, where Binance takes Ed25519 and RSA`,
      makeOne,
    );
  } catch {
    // The parser's own message is left out: nobody promises that it never quotes what it read.
    return error("looks like a private key, but can't be read as one", `It may be cut off. ${makeOne}`);
  }
}
