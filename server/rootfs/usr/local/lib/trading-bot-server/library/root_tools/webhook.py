"""Posts a message to the owner's webhook, without Node: for the case that the guard's own program can't run.

server/guard/webhook-request.ts does the same for everything else, and a test compares the two.
"""

import base64
import http.client
import json
import re
import ssl
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

# For the connection, and for each part of the reply, in seconds.
LIMIT = 10
# In characters. Discord's limit is 2000.
LONGEST = 1900


@dataclass(frozen=True)
class Request:
    host: str
    # Path and query.
    target: str
    content_type: str
    body: str
    credentials: str | None


def request(address: str, message: str) -> Request:
    """Puts a message into the form that the address's service accepts. Others, such as ntfy, get plain text."""
    url = urlsplit(address)
    host = url.hostname or ""
    path = url.path or "/"
    target = f"{path}?{url.query}" if url.query else path
    credentials = url.netloc.rpartition("@")[0] or None
    text = message if len(message) <= LONGEST else f"{message[:LONGEST]}…"
    fields: dict[str, object]
    if host in ("hooks.slack.com", "hooks.slack-gov.com", "chat.googleapis.com"):
        fields = {"text": text}
    elif re.fullmatch(r"((canary|ptb)\.)?discord(app)?\.com", host):
        fields = {"content": text, "allowed_mentions": {"parse": []}}
    elif host == "api.telegram.org":
        fields, target = {**dict(parse_qsl(url.query)), "text": text}, path
    else:
        return Request(host, target, "text/plain; charset=utf-8", text, credentials)
    return Request(host, target, "application/json", json.dumps(fields, ensure_ascii=False), credentials)


def basic(credentials: str) -> str:
    """The header for `user:password@` in an address."""
    return "Basic " + base64.b64encode(unquote(credentials).encode()).decode()


def post(address: str, message: str) -> str | None:
    """Returns why the service didn't accept the message. The reason names only the host, because the path is secret."""
    prepared = request(address, message)
    connection = http.client.HTTPSConnection(prepared.host, timeout=LIMIT, context=ssl.create_default_context())
    try:
        headers = {"content-type": prepared.content_type, "user-agent": "trading-bot-server"}
        if prepared.credentials is not None:
            headers["authorization"] = basic(prepared.credentials)
        connection.request("POST", prepared.target, prepared.body.encode(), headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        # Only the kind of the error: its text may hold the address.
        return f"the webhook at {prepared.host} did not accept the message: {type(error).__name__}"
    finally:
        connection.close()
    return None if 200 <= status < 300 else f"the webhook at {prepared.host} did not accept the message: HTTP {status}"
