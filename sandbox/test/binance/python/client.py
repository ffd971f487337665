"""What all scripts here share: the emulator's address and key come from standard input, and the results go to standard
output, as JSON. Each client is unmodified but for the addresses of its hosts."""

import json
import re
import sys

SYMBOL = "BTCUSDC"


def read_emulator():
    """Returns {"url", "apiKey", "secret"}."""
    return json.load(sys.stdin)


def with_address(value, url):
    """Replaces each host of Binance in a text, or in all texts of a dictionary, by the emulator."""
    if isinstance(value, dict):
        return {name: with_address(part, url) for name, part in value.items()}
    if not isinstance(value, str):
        return value
    value = re.sub(r"https://[\w.-]+\.binance\.(com|vision)", url, value)
    return re.sub(r"wss://[\w.-]+\.binance\.(com|vision)(:\d+)?", url.replace("http", "ws"), value)


def code_in(refusal):
    """The code of Binance in the text of an exception, or 0."""
    found = re.search(r"-\d{4}", str(refusal))
    return int(found.group()) if found else 0


def refusal_of(action):
    """The code with which Binance refuses something, or None if it doesn't."""
    try:
        action()
    except Exception as refusal:
        return code_in(refusal)
    return None


def report(results):
    json.dump(results, sys.stdout)
