"""binance-credential: keeps the Binance key pair, as an encrypted credential that the bot and the guard load.

These files say what is going on. Each step changes one of them by one rename, so every interruption can be recognized.
  binance           the live pair
  binance.previous  the pair before it, for `roll-back`
  binance.replaced  the pair that was live before, while a change is under way
  binance.made      a private key that was made here, until a pair with it is live: root_tools/made_key.py
  activating        there from before a change until the bot has been moved to the live pair
"""

import json
import sys
from collections.abc import Sequence
from typing import NoReturn

from root_tools import bot, credentials, files, hold, journal, made_key, paths, signing
from root_tools.lock import exclusive
from root_tools.tool import Failure, caller, report, require_root, run_tool, say, survive_hangup

NAME = "binance-credential"

USAGE = """
Usage: sudo binance-credential COMMAND

  install      Reads a key pair, one line of JSON, from standard input and makes it the live one. Restarts a bot that
               runs. If the bot doesn't run with it, the previous pair is restored, and the bot is restarted with that.
               A pair may have its public key in place of its secret, if its private key was made here.
  roll-back    Swaps the live pair and the previous one, and restarts the bot.
  remove       Stops the bot and deletes both pairs, and a key that was made and isn't used yet.
  remove-pairs The same, but a key that was made and isn't used yet is kept.
  show         Shows the live pair, for a bot that prompts for it.
  may-show     Whether `show` can show it: prints nothing, or the reason why not.
  fingerprint  Prints the live pair's fingerprint: the first 12 hex digits of its SHA-256.
  make         Makes an Ed25519 key and prints its public key. If one was made and isn't used yet, prints that one's.
  make-another Makes an Ed25519 key also then, in place of the one that isn't used yet.
  public-key   Prints the public key of the one that was made and isn't used yet, or "none".
  sign KEY     Signs requests to Binance with the private key of this public key, for `npm run verify` and `pulumi up`:
               one line of JSON each, from standard input. Only the requests in root_tools/signing.py are signed.

`install`, `roll-back`, `fingerprint` and both kinds of `remove` end by printing the live pair's fingerprint, or "none".
The journal has what was done: journalctl --identifier=binance-credential
"""

CREDENTIAL = "binance"
LIVE = paths.KEY_PAIR
PREVIOUS = LIVE.with_name("binance.previous")
REPLACED = LIVE.with_name("binance.replaced")


def install() -> None:
    allow_change()
    given = read_pair()
    with exclusive(f"{NAME} install"):
        pair = made_key.completed(given)
        if pair is None:
            report_missing_key(given)
            return
        discard_staged()
        end_interrupted_installation()
        live = live_pair()
        if live != pair:
            # A pair that can't be decrypted is of no use to return to.
            replace_live(pair, keep=live is not None)
        elif paths.ACTIVATING.exists():
            # The bot may still run with another pair, or not at all.
            activate()
        made_key.forget_used()
    say(fingerprint())


def report_missing_key(pair: bytes) -> None:
    """A key that was made on a server ends with its disk. A new server has nothing, and is complete without a pair.

    Raises Failure on a server that has another one.
    """
    if made_key.has_pairs():
        others = {
            "the live pair": made_key.live_public_key(),
            "the key that was made here and isn't used yet": made_key.waiting(),
        }
        known = "".join(f" The public key of {what} is {key}." for what, key in others.items() if key is not None)
        raise Failure(f"{missing_key(pair)}, and nothing was changed.{known}")
    report(f"{NAME}: {missing_key(pair)}. It ended with the disk of the server on which it was made.")
    say("none")


def missing_key(pair: bytes) -> str:
    return f"this server doesn't have the private key of the public key {made_key.field(pair, 'publicKey')}"


def roll_back() -> None:
    allow_change()
    with exclusive(f"{NAME} roll-back"):
        discard_staged()
        # If they are the same, a roll-back was interrupted after this step.
        if not files.is_same(LIVE, PREVIOUS):
            exchange()
        record(f"rolled back to {fingerprint()}: by {caller()}")
        if bot.takes_key_pair() and (why := bot.restart()):
            report(f"The bot doesn't run: {why}")
        if REPLACED.exists():
            files.move(REPLACED, PREVIOUS)
        files.remove(paths.ACTIVATING)
    say(fingerprint())


def remove() -> None:
    """Nothing of any key is left."""
    remove_pairs(keep_made=False)


def remove_configured() -> None:
    """The settings have no pair: the API key for a key that was made may just not be set yet."""
    remove_pairs(keep_made=True)


def remove_pairs(keep_made: bool) -> None:
    allow_change()
    with exclusive(f"{NAME} remove"):
        # Whatever state it is in: it may be starting, or run although it was taken out of the settings.
        if not paths.WITHOUT_KEY.exists():
            bot.stop()
        if LIVE.exists():
            pair = live_pair()
            record(f"removed {credentials.fingerprint(pair)}" if pair is not None else "removed a damaged pair")
        discard_staged()
        kept = [made_key.MADE] if keep_made and made_key.waiting() is not None else []
        for path in (LIVE, PREVIOUS, REPLACED, made_key.MADE, paths.ACTIVATING):
            if path not in kept:
                files.remove(path)
        if left := [path for path in stored_files() if path not in map(str, kept)]:
            raise Failure(f"not everything could be deleted: {', '.join(left)}")
        # Without a key there is no reason for the guard to hold the bot. A check that still runs could do so, and no later
        # one would release it.
        bot.end_check()
        hold.release()
        bot.forget_refusal()
    say("none")


def show() -> None:
    allow_change()
    with exclusive(f"{NAME} show"):
        pair = pair_to_show()
        record(f"shown {credentials.fingerprint(pair)} to {caller()}")
    sys.stdout.buffer.write(pair + b"\n")
    sys.stdout.buffer.flush()


def may_show() -> None:
    """For a caller that asks a person only if there is something to show."""
    require_root()
    pair_to_show()


def pair_to_show() -> bytes:
    if not LIVE.exists():
        raise Failure("there is no pair on this server yet")
    pair = readable_pair()
    if public_key := made_key.field(pair, "publicKey"):
        raise Failure(f"its private key was made on this server, and never leaves it. Its public key is {public_key}")
    return pair


def print_fingerprint() -> None:
    require_root()
    say(fingerprint())


def make() -> None:
    """Two callers at the same time get the same key: the second one must not replace what the first one was shown."""
    allow_change()
    with exclusive(f"{NAME} make"):
        discard_staged()
        public_key = made_key.waiting() or new_key()
    say(public_key)


def make_another() -> None:
    allow_change()
    with exclusive(f"{NAME} make-another"):
        discard_staged()
        public_key = new_key()
    say(public_key)


def new_key() -> str:
    public_key = made_key.make()
    record(f"made the key {public_key}: by {caller()}")
    return public_key


def print_public_key() -> None:
    require_root()
    say(made_key.waiting() or "none")


def sign(public_key: str) -> None:
    """Prints "ready", and then one line of JSON for each request; "none" if there is no key at all on this server."""
    require_root()
    if not made_key.PUBLIC_KEY.fullmatch(public_key):
        raise Failure("what follows `sign` isn't a public key")
    secret = made_key.private_key(public_key)
    if secret is None:
        report_missing_key(credentials.as_json({"publicKey": public_key}))
        return
    say("ready")
    for line in sys.stdin.buffer:
        request = signing.read_request(line)
        if why := signing.reason_to_refuse(request):
            record(f"refused to sign a request by {caller()}: {why}")
            say(json.dumps({"refused": why}))
        elif request is not None:
            say(json.dumps({"signature": made_key.sign(secret, request.query)}))


def allow_change() -> None:
    require_root()
    survive_hangup()
    files.make_folder(paths.CREDENTIALS, 0o700)


def read_pair() -> bytes:
    """The pair as it arrived, because the fingerprint is made from these bytes. No message quotes any of it."""
    line = credentials.read_line("the key pair")
    try:
        pair = json.loads(line)
        known = list(pair) in (["apiKey", "apiSecret"], ["apiKey", "publicKey"])
        sound = known and all(isinstance(half, str) for half in pair.values())
    except (ValueError, AttributeError, TypeError, RecursionError):
        sound = False
    if not sound:
        raise Failure("what arrived isn't a key pair, and nothing was changed")
    return line


def discard_staged() -> None:
    """Removes what a killed run has left, so that no copy of a pair stays that nobody knows of."""
    for path in (LIVE, PREVIOUS, REPLACED, made_key.MADE):
        files.discard(path)
    # Version 0.1.0 staged a pair here.
    for path in paths.CREDENTIALS.glob(".binance.*"):
        files.remove(path)


def stored_files() -> list[str]:
    """All files and folders with a key pair, or a copy that a killed run has left."""
    patterns = ("binance", "binance.*", ".binance.*", ".staged-binance*")
    return [str(path) for pattern in patterns for path in paths.CREDENTIALS.glob(pattern)]


def end_interrupted_installation() -> None:
    if REPLACED.exists():
        # With the marker, it is unknown whether the bot runs with the live pair. Without it, the bot does.
        files.move(REPLACED, LIVE if paths.ACTIVATING.exists() else PREVIOUS)


def replace_live(pair: bytes, keep: bool) -> None:
    credentials.stage(CREDENTIAL, LIVE, pair)
    record(f"delivered {credentials.fingerprint(pair)}")
    files.write(paths.ACTIVATING, "")
    if keep:
        files.copy(LIVE, REPLACED)
    files.commit(LIVE)
    activate()
    if keep:
        files.move(REPLACED, PREVIOUS)


def exchange() -> None:
    """Makes the previous pair the live one, and the live one the replaced one."""
    if files.is_same(REPLACED, LIVE):
        files.remove(REPLACED)
    elif REPLACED.exists():
        # An installation was interrupted: this is the pair that was live before it.
        files.move(REPLACED, PREVIOUS)
    if not LIVE.exists() or not PREVIOUS.exists():
        raise Failure("there is no previous pair to roll back to")
    if credentials.decrypt(CREDENTIAL, PREVIOUS) is None:
        raise Failure("the previous pair can't be decrypted, and nothing was changed")
    files.write(paths.ACTIVATING, "")
    files.copy(LIVE, REPLACED)
    files.copy(PREVIOUS, LIVE)


def activate() -> None:
    """Moves the bot to the live pair. Restores the replaced pair and fails if the bot ran before and doesn't now."""
    new = fingerprint()
    outcome = ""
    if bot.takes_key_pair():
        ran = bot.is_active()
        # A bot that has had no pair yet is off for that reason, and not because a person stopped it.
        if bot.is_off() if REPLACED.exists() else paths.STOPPED.exists():
            report(f"The pair {new} is live. The bot was stopped by hand and stays off.")
        elif why := bot.restart():
            # If a person stopped it in the meantime, that says nothing about the pair.
            if ran and REPLACED.exists() and not paths.STOPPED.exists():
                restore_replaced(new, why)
            # The bot didn't run before either, so this says nothing about the pair.
            report(f"The pair {new} is live, but the bot doesn't run: {why}")
        else:
            outcome = f", the bot {bot.after_restart('runs with it')}"
    elif bot.is_in_paper_mode():
        outcome = ", the bot is in paper mode and doesn't get it"
    record(f"activated {new}{outcome}")
    files.remove(paths.ACTIVATING)


def restore_replaced(new: str, why: str) -> NoReturn:
    files.move(REPLACED, LIVE)
    old = fingerprint()
    record(f"rolled back to {old}: the bot did not run with {new}")
    now = bot.restart_with_restored()
    files.remove(paths.ACTIVATING)
    raise Failure(f"the bot did not run with the new pair {new} ({why}). The previous pair {old} is live again, {now}.")


def live_pair() -> bytes | None:
    """The live pair, or None if there is none or it can't be decrypted."""
    return credentials.decrypt(CREDENTIAL, LIVE) if LIVE.exists() else None


def readable_pair() -> bytes:
    pair = live_pair()
    if pair is None:
        raise Failure("the live pair can't be decrypted: install it again with `pulumi up --replace '**::key-pair'`")
    return pair


def fingerprint() -> str:
    return credentials.fingerprint(readable_pair()) if LIVE.exists() else "none"


def record(message: str) -> None:
    journal.record(NAME, message)


COMMANDS = {
    "install": install,
    "roll-back": roll_back,
    "remove": remove,
    "remove-pairs": remove_configured,
    "show": show,
    "may-show": may_show,
    "fingerprint": print_fingerprint,
    "make": make,
    "make-another": make_another,
    "public-key": print_public_key,
    "sign": sign,
}


def main(args: Sequence[str]) -> int:
    return run_tool(NAME, USAGE, COMMANDS, args)
