"""Prints two medians in ms: a new TLS connection with its first reply, and one request over a connection that is open.

It is sent to a server, and runs there: round-trips.py CONNECTIONS MESSAGES.
"""

import http.client
import ssl
import statistics
import sys
import time

HOST = "api.binance.com"
PATH = "/api/v3/ping"


def connect() -> http.client.HTTPSConnection:
    connection = http.client.HTTPSConnection(HOST, timeout=30, context=context)
    request(connection)
    return connection


def request(connection: http.client.HTTPSConnection) -> None:
    connection.request("GET", PATH)
    connection.getresponse().read()


def milliseconds(act) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


context = ssl.create_default_context()
connections, messages = map(int, sys.argv[1:])
new = [milliseconds(lambda: connect().close()) for _ in range(connections)]
standing = connect()
sent = [milliseconds(lambda: request(standing)) for _ in range(messages)]
print(statistics.median(new), statistics.median(sent))
