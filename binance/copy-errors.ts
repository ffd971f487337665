import { createPrivateKey } from "node:crypto";

/** What is wrong with a pasted value. No text here ever contains a part of the value. */
export interface CopyError {
  value: "apiKey" | "apiSecret";
  severity: "error" | "warning";
  /** Continues a sentence after the value's name: "starts with white space". */
  problem: string;
  remedy: string;
}

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
 * @returns nothing if both are missing: a server may exist before there is a key
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
  remedy: `The secret is the second of the two values. ${createAgain}`,
};

function missing(value: CopyError["value"], other: CopyError["value"]): CopyError {
  return {
    value,
    severity: "error",
    problem: `is missing, but ${other} is set`,
    remedy: "A key works only as a pair: set both, or neither.",
  };
}

function keyIsPem(apiKey: string, apiSecret: string): CopyError {
  const swapped = apiKey.includes("PRIVATE KEY") && !isPem(apiSecret);
  return {
    value: "apiKey",
    severity: "error",
    problem: swapped
      ? "contains a private key, so the two values look swapped"
      : "contains a PEM text, which is never an API key",
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

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A private key of an Ed25519 or RSA API key: PKCS#8 without a passphrase (binance-spot-api-docs, "Request security"). */
function findPemErrors(pem: string): CopyError[] {
  const error = (problem: string, remedy: string): CopyError[] => [
    { value: "apiSecret", severity: "error", problem, remedy },
  ];
  const makeOne =
    "Make a key with `openssl genpkey -algorithm ed25519`, and upload its public key to Binance.";
  if (pem.includes("PUBLIC KEY")) {
    return error("is a public key", "Set it to the private key of the pair. The public key is for Binance.");
  }
  if (pem.includes("ENCRYPTED")) {
    return error(
      "is a private key with a passphrase",
      "A bot can't type a passphrase. Decrypt the key with `openssl pkey -in FILE`.",
    );
  }
  try {
    const type = createPrivateKey(pem).asymmetricKeyType;
    if (type === "ed25519" || type === "rsa") {
      return [];
    }
    return error(`is a private key of type ${type ?? "unknown"}; Binance accepts Ed25519 and RSA`, makeOne);
  } catch {
    // Without the parser's message: nothing guarantees that it never quotes what it read.
    return error("looks like a private key, but can't be read as one", `It may be cut off. ${makeOne}`);
  }
}
