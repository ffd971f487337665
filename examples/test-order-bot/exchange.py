"""Binance's REST API, with Python's standard library. The key must be an HMAC key."""

import hashlib
import hmac
import http.client
import json
import time
import urllib.parse

HOST = "api.binance.com"
# Binance's own words: the order may have been placed.
_UNKNOWN = (-1006, -1007)


class Refused(Exception):
    """Binance has refused a request. `code` is Binance's, or None if the reply has none."""

    def __init__(self, code, message):
        super().__init__(message if code is None else f"{code} {message}")
        self.code = code


class Unanswered(Exception):
    """There is no reply, or one that doesn't say what has become of the request."""


class Exchange:
    def __init__(self, key: str, secret: str) -> None:
        self._key = key
        self._secret = secret

    def public(self, path: str, **parameters: str):
        """Reads market data, which needs no signature."""
        return _send("GET", path, urllib.parse.urlencode(parameters), {})

    def signed(self, method: str, path: str, **parameters: str):
        """Sends a request for the account."""
        query = urllib.parse.urlencode({**parameters, "timestamp": str(int(time.time() * 1000))})
        signature = hmac.new(self._secret.encode(), query.encode(), hashlib.sha256).hexdigest()
        return _send(method, path, f"{query}&signature={signature}", {"X-MBX-APIKEY": self._key})


def _send(method: str, path: str, query: str, headers: dict):
    connection = http.client.HTTPSConnection(HOST, timeout=15)
    try:
        connection.request(method, f"{path}?{query}", headers=headers)
        reply = connection.getresponse()
        status, body = reply.status, reply.read()
    except (OSError, http.client.HTTPException) as error:
        raise Unanswered(f"no reply from {HOST}: {error}") from error
    finally:
        connection.close()
    try:
        answer = json.loads(body)
        if status == 200:
            return answer
        code, message = int(answer["code"]), str(answer["msg"])
    except (ValueError, KeyError, TypeError):
        code, message = None, f"HTTP {status}"
    if code in _UNKNOWN or (status >= 500 and code is None):
        raise Unanswered(f"{HOST} doesn't know what has become of the request: {message}")
    raise Refused(code, message)
