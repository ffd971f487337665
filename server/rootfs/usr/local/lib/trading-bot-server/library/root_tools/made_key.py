"""A private key that was made on this server and never leaves it: `npm run make-key`.

It is kept as a separate, encrypted credential until a pair with it is live. From then on it is a part of that pair, and
of the pairs that `binance-credential` keeps for a roll-back. Every copy ends with the server's disk.

Node makes it and signs with it: the guard needs Node, so it is on every server, and Python's standard library has no
Ed25519. The private key is in pipes and in memory, and never in an argument.
"""

import json
import re

from root_tools import credentials, files, paths
from root_tools.commands import run
from root_tools.tool import Failure

# Not loaded by any unit.
CREDENTIAL = "binance-made"
MADE = paths.KEY_PAIR.with_name("binance.made")

# All that may hold a private key that was made here.
PLACES = (
    (CREDENTIAL, MADE),
    *(("binance", paths.KEY_PAIR.with_name(name)) for name in ("binance", "binance.previous", "binance.replaced")),
)

# The public key in base64, without PEM's first and last line.
PUBLIC_KEY = re.compile(r"[A-Za-z0-9+/]{59}=")

MAKE = """
const { generateKeyPairSync } = require("node:crypto");
const { privateKey, publicKey } = generateKeyPairSync("ed25519", {
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "der" },
});
process.stdout.write(JSON.stringify({ privateKey, publicKey: publicKey.toString("base64") }));
"""

SIGN = """
const { sign } = require("node:crypto");
const { privateKey, payload } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
process.stdout.write(sign(null, Buffer.from(payload), privateKey).toString("base64"));
"""


def make() -> str:
    """Makes a key and keeps it in place of one that isn't used yet. Returns its public key."""
    made = run_node(MAKE, "make a key")
    public_key = field(made, "publicKey")
    if field(made, "privateKey") is None or public_key is None:
        raise Failure("Node printed something other than a key, and nothing was changed")
    credentials.stage(CREDENTIAL, MADE, made)
    files.commit(MADE)
    return public_key


def waiting() -> str | None:
    """The public key of the key that was made and that no live pair uses yet."""
    public_key = field(credentials.decrypt(CREDENTIAL, MADE), "publicKey") if MADE.exists() else None
    return None if public_key == live_public_key() else public_key


def live_public_key() -> str | None:
    return field(credentials.decrypt("binance", paths.KEY_PAIR), "publicKey") if paths.KEY_PAIR.exists() else None


def private_key(public_key: str) -> str | None:
    """The private key in PEM, from wherever it is kept."""
    for name, path in PLACES:
        stored = credentials.decrypt(name, path) if path.exists() else None
        if field(stored, "publicKey") == public_key:
            return field(stored, "privateKey") or field(stored, "apiSecret")
    return None


def completed(pair: bytes) -> bytes | None:
    """A pair as it is stored: to a public key, its private key is added. None if this server doesn't have that."""
    public_key = field(pair, "publicKey")
    if public_key is None:
        return pair
    secret = private_key(public_key)
    if secret is None:
        return None
    return credentials.as_json({"apiKey": field(pair, "apiKey"), "apiSecret": secret, "publicKey": public_key})


def forget_used() -> None:
    """The live pair has it now."""
    if MADE.exists() and waiting() is None:
        files.remove(MADE)


def sign(secret: str, payload: str) -> str:
    return run_node(SIGN, "sign", json.dumps({"privateKey": secret, "payload": payload}).encode()).decode()


def run_node(script: str, what: str, stdin: bytes = b"") -> bytes:
    ended = run("node", "-e", script, stdin=stdin)
    if not ended.ok:
        # Without what it printed: a message of Node's may quote what it read.
        raise Failure(f"Node could not {what}: it ended with status {ended.status}")
    return ended.stdout


def field(stored: bytes | None, name: str) -> str | None:
    """A field of a credential, which is JSON. None if there is none."""
    try:
        value = json.loads(stored or b"")[name]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return value if isinstance(value, str) else None


def has_pairs() -> bool:
    return any(path.exists() for _, path in PLACES)
