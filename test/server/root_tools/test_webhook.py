import ssl
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest import mock

import environment

environment.use_library()

from root_tools import webhook  # noqa: E402

# test/server/guard/webhook-request.test.ts compares the requests with those of the guard's own program.


class Receiver(BaseHTTPRequestHandler):
    status = 200
    taken: list[tuple[str, str, str | None]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.taken.append((self.path, body, self.headers["authorization"]))
        self.send_response(self.status)
        self.send_header("location", "https://example.org/")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Post(unittest.TestCase):
    def setUp(self) -> None:
        Receiver.status, Receiver.taken = 200, []
        server = HTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.port = server.server_port

    def post(self, address: str) -> str | None:
        # Without TLS, to a local port.
        def connection(host: str, **_: object) -> object:
            return webhook.http.client.HTTPConnection("127.0.0.1", self.port)

        with mock.patch("http.client.HTTPSConnection", connection):
            return webhook.post(address, "a message")

    def test_a_message_is_accepted(self) -> None:
        self.assertIsNone(self.post("https://ntfy.example.org/topic?priority=high"))
        self.assertEqual(Receiver.taken, [("/topic?priority=high", "a message", None)])

    def test_credentials_in_the_address_are_sent_as_a_header(self) -> None:
        self.post("https://user:p%40ss@ntfy.example.org/topic")
        self.assertEqual(Receiver.taken, [("/topic", "a message", "Basic dXNlcjpwQHNz")])

    def test_a_refusal_is_reported_without_the_path(self) -> None:
        for status in (302, 500):
            Receiver.status = status
            self.assertEqual(
                self.post("https://ntfy.example.org/secret"),
                f"the webhook at ntfy.example.org did not accept the message: HTTP {status}",
            )

    def test_certificates_are_checked(self) -> None:
        contexts: list[ssl.SSLContext] = []

        def connection(host: str, *, timeout: float, context: ssl.SSLContext) -> object:
            contexts.append(context)
            raise_at = mock.Mock()
            raise_at.request.side_effect = ssl.SSLCertVerificationError("secret path in a text")
            return raise_at

        with mock.patch("http.client.HTTPSConnection", connection):
            why = webhook.post("https://ntfy.example.org/secret", "a message")
        self.assertEqual(
            why, "the webhook at ntfy.example.org did not accept the message: SSLCertVerificationError"
        )
        self.assertEqual((contexts[0].verify_mode, contexts[0].check_hostname), (ssl.CERT_REQUIRED, True))


if __name__ == "__main__":
    unittest.main()
