import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

/** What a text is that should be the private key of an Ed25519 or RSA API key. No message quotes any part of it. */
export type PrivateKeyReading =
  /** PKCS#8 or PKCS#1, in PEM with plain line ends. */
  | { ok: true; pem: string }
  /** `problem` continues a sentence after the value's name: "is a public key". */
  | { ok: false; problem: string; remedy: string };

const fromFile = "Set it from the file that has the whole key, with its first and last line.";
const createOne =
  "Create a key with `openssl genpkey -algorithm ed25519 -out private.pem`, and upload its public key to Binance.";

const publicKey = {
  problem: "is a public key",
  remedy: "Set it to the private key of the pair. The public key is for Binance.",
};

/** Whether a text looks like a key of any kind, or like a part of one, and not like an HMAC secret. */
export function looksLikeKeyFile(text: string): boolean {
  return /-{2,}\s*BEGIN|BEGIN [A-Z0-9 ]*KEY/.test(text) || otherFormat(text) !== undefined;
}

/**
 * Reads a private key in any form that has only one meaning: other line ends, literal \n, indentation, spaces for line
 * ends, text around it, a wrong label, bytes behind the key. A well-formed one is returned as it is, so that the pair that is live keeps its fingerprint.
 */
export function readPrivateKey(text: string): PrivateKeyReading {
  const other = otherFormat(text);
  if (other) {
    return { ok: false, ...other };
  }
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----/gs)];
  const keys = blocks.filter(([, label = ""]) => label.includes("PRIVATE KEY"));
  const [key] = keys;
  if (key === undefined) {
    return { ok: false, ...withoutPrivateKey(text, blocks[0]?.[1]) };
  }
  if (keys.length > 1) {
    return { ok: false, problem: "contains more than one private key", remedy: fromFile };
  }
  const [, label = "", content = ""] = key;
  return readBlock(text, label, content);
}

function readBlock(text: string, label: string, content: string): PrivateKeyReading {
  if (label.startsWith("OPENSSH")) {
    return {
      ok: false,
      problem: "is a private key in OpenSSH's format, which is for logins and not for Binance",
      remedy: createOne,
    };
  }
  if (label.includes("ENCRYPTED") || content.includes("ENCRYPTED")) {
    return {
      ok: false,
      problem: "is a private key with a passphrase",
      remedy:
        "A bot can't type a passphrase. Write the key without one, and set that: `openssl pkey -in FILE -out private.pem`.",
    };
  }
  const body = content.replaceAll(/\\r|\\n|\s/g, "");
  const pem = isWellFormed(text) ? text : toPem(label, body);
  const key = /^[A-Za-z0-9+/]+=*$/.test(body) ? parse(pem) : undefined;
  const type = key?.asymmetricKeyType;
  if (key === undefined || type === undefined) {
    return {
      ok: false,
      problem: "looks like a private key, but can't be read as one: a part of it is missing or was changed",
      remedy: fromFile,
    };
  }
  if (type !== "ed25519" && type !== "rsa") {
    return {
      ok: false,
      problem: `is a private key of type ${type}; Binance accepts Ed25519 and RSA`,
      remedy: createOne,
    };
  }
  return { ok: true, pem: isCanonical(key, label, body) ? pem : exported(key) };
}

/**
 * Whether the body is what the label says, and nothing else. OpenSSL also reads a body with another label or with bytes
 * behind it, and other libraries don't, such as Python's cryptography.
 */
function isCanonical(key: KeyObject, label: string, body: string): boolean {
  const isPkcs1 = label === "RSA PRIVATE KEY" && key.asymmetricKeyType === "rsa";
  if (!isPkcs1 && label !== "PRIVATE KEY") {
    return false;
  }
  const der = key.export({ type: isPkcs1 ? "pkcs1" : "pkcs8", format: "der" });
  return der.toString("base64") === body;
}

function exported(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** A text without a whole private key in PEM. */
function withoutPrivateKey(text: string, label: string | undefined): { problem: string; remedy: string } {
  if (label?.includes("PUBLIC KEY")) {
    return publicKey;
  }
  if (label?.startsWith("CERTIFICATE")) {
    return { problem: "is a certificate, and not a private key", remedy: createOne };
  }
  if (label !== undefined) {
    return { problem: "is a PEM text, but not a private key", remedy: createOne };
  }
  if (/^\W*BEGIN [A-Z ]*PRIVATE KEY\W*$/.test(text)) {
    return { problem: "is only the first line of a private key", remedy: fromFile };
  }
  if (!text.includes("-----BEGIN ")) {
    return {
      problem: "looks like a private key, but its first line doesn't have five plain hyphens on each side",
      remedy: fromFile,
    };
  }
  return {
    problem: "looks like a private key that is cut off, or that has a changed last line",
    remedy: fromFile,
  };
}

/** Formats without PEM's first line. */
function otherFormat(text: string): { problem: string; remedy: string } | undefined {
  const trimmed = text.trim();
  if (/^(ssh-|ecdsa-|sk-ssh-)\S+ AAAA/.test(trimmed)) {
    return { problem: "is an SSH public key, which is for logins and not for Binance", remedy: createOne };
  }
  if (trimmed.startsWith("PuTTY-User-Key-File")) {
    return { problem: "is a key of PuTTY, which is for logins and not for Binance", remedy: createOne };
  }
  // The beginning of "-----BEGIN".
  if (trimmed.startsWith("LS0tLS1CRUdJTi")) {
    return {
      problem: "is a key file in base64, as Kubernetes stores it",
      remedy: "Decode it first: `base64 --decode FILE > private.pem`",
    };
  }
  const body = trimmed.replaceAll(/\\r|\\n|\s/g, "");
  // The start of every DER document of this size: a sequence.
  if (!/^M[A-Za-z0-9+/]{40,}=*$/.test(body)) {
    return undefined;
  }
  if (parse(toPem("PRIVATE KEY", body)) ?? parse(toPem("RSA PRIVATE KEY", body))) {
    return { problem: "is a private key without its first and last line", remedy: fromFile };
  }
  // How each RSA key begins, in PKCS#8 and in PKCS#1.
  if (/^MII[A-Za-z0-9+/]{3}IBA(?:DANBgkqhkiG9w0|AKC)/.test(body)) {
    return { problem: "is only a part of a private key", remedy: fromFile };
  }
  return isPublic(toPem("PUBLIC KEY", body)) ? publicKey : undefined;
}

/** One PEM text and nothing else, with plain line ends. */
function isWellFormed(text: string): boolean {
  return /^-----BEGIN ([A-Z0-9 ]+)-----\n(?:[A-Za-z0-9+/=]+\n)+-----END \1-----\n?$/.test(text);
}

function toPem(label: string, body: string): string {
  const lines = body.match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/** @returns undefined if it can't be read. The parser's message isn't used: it might quote what it read */
function parse(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function isPublic(pem: string): boolean {
  try {
    createPublicKey(pem);
    return true;
  } catch {
    return false;
  }
}
