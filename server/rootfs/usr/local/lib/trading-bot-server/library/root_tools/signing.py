"""What the server signs for the operator's computer, with a private key that was made here: root_tools/made_key.py.

Only the requests of `pulumi up`, `npm run verify`, `npm run stop` and `npm run revoke`, exactly as binance/ sends them:
they read, test an order without placing it, and cancel open orders. None of them buys, sells or moves money. Binance's
signature is about the query alone, and not about the path. So the test order of spot has a parameter with which Binance
refuses it as an order. Futures have no such parameter: a signed test order also fits an order of the same small size.
docs/protection.md says what this leaves.
"""

import json
import re
import time
from typing import NamedTuple

# How far a request's time may be from the server's clock, in seconds: a signature is for now. Binance refuses an old one
# by itself, but accepts one for later when its time comes.
MAX_BEHIND = 60
MAX_AHEAD = 5

TIME = r"recvWindow=5000&timestamp=(?P<timestamp>\d{13})"
# Letters of other scripts are percent-encoded in UTF-8: no byte of theirs is a character of ASCII, such as "&".
SYMBOL = r"symbol=(?:[A-Za-z0-9._-]|%[89A-F][0-9A-F]){1,120}"
FUTURES_ORDER = f"{SYMBOL}&side=BUY&positionSide=(?:LONG|BOTH)&type=MARKET"

# The query of each request.
ALLOWED = {
    # Whether the key is sound: binance/calls.ts.
    "GET /sapi/v1/account/apiRestrictions": TIME,
    "GET /api/v3/account": f"omitZeroBalances=true&{TIME}",
    "POST /api/v3/order/test": (
        f"{SYMBOL}&side=(?:BUY|SELL)&type=MARKET&quoteOrderQty=20&computeCommissionRates=false&{TIME}"
    ),
    "GET /sapi/v1/account/status": TIME,
    "GET /sapi/v1/account/apiTradingStatus": TIME,
    "GET /fapi/v1/accountConfig": TIME,
    "GET /fapi/v3/balance": TIME,
    # A whole bitcoin would be too much, in whatever case its name is written.
    "POST /fapi/v1/order/test": (
        f"(?:(?=symbol=BTC){FUTURES_ORDER}&quantity=0\\.01|(?!symbol=(?i:BTC)){FUTURES_ORDER}&quantity=1)&{TIME}"
    ),
    # What is open, and its cancellation: binance/spot-orders.ts, binance/futures-orders.ts.
    "GET /api/v3/openOrders": TIME,
    "DELETE /api/v3/openOrders": f"{SYMBOL}&{TIME}",
    "GET /fapi/v1/openOrders": TIME,
    "GET /fapi/v1/openAlgoOrders": TIME,
    "GET /fapi/v3/positionRisk": TIME,
    "DELETE /fapi/v1/allOpenOrders": f"{SYMBOL}&{TIME}",
    "DELETE /fapi/v1/algoOpenOrders": f"{SYMBOL}&{TIME}",
}


class Request(NamedTuple):
    """A request to sign. `query` is what is signed."""

    method: str
    path: str
    query: str


def read_request(line: bytes) -> Request | None:
    """None if the line isn't a request."""
    try:
        given = json.loads(line)
        request = Request(given["method"], given["path"], given["query"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return request if all(isinstance(part, str) for part in request) else None


def reason_to_refuse(request: Request | None) -> str | None:
    """Why a request isn't signed. None if it may be signed."""
    if request is None:
        return "this isn't a request"
    allowed = ALLOWED.get(f"{request.method} {request.path}")
    found = re.fullmatch(allowed, request.query, re.ASCII) if allowed is not None else None
    if found is None:
        return "it isn't one of the requests that this server signs"
    ahead = int(found["timestamp"]) / 1000 - time.time()
    if ahead > MAX_AHEAD:
        return f"its time is more than {MAX_AHEAD} seconds ahead of the server's clock"
    if ahead < -MAX_BEHIND:
        return f"its time is more than {MAX_BEHIND} seconds behind the server's clock"
    return None
