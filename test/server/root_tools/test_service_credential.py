import os
import unittest

from environment import Result, ServerTest, systemd_creds

TOOL = "/usr/local/lib/trading-bot-server/service-credential"
STORE = "/etc/credstore.encrypted"
WEBHOOK = f"{STORE}/trading-bot-webhook"


class ServiceCredential(ServerTest):
    def install(self, stdin: str, kill_at: int | None = None) -> Result:
        return self.run_tool(TOOL, "install", "trading-bot-webhook", stdin=stdin, kill_at=kill_at)

    def decrypted(self) -> str:
        status, secret, _ = systemd_creds(["decrypt", "--name=trading-bot-webhook", str(self.at(WEBHOOK)), "-"], b"")
        self.assertEqual(status, 0)
        return secret.decode()

    def test_installs_replaces_and_removes(self) -> None:
        for address in ("https://hooks.example.com/one", "https://hooks.example.com/two"):
            self.assertEqual(self.install(f"{address}\n"), Result(0, "", ""))
            self.assertEqual(self.decrypted(), f"{address}\n")
            self.assertEqual(self.at(WEBHOOK).stat().st_mode & 0o7777, 0o600)
        self.assertEqual(os.listdir(self.at(STORE)), ["trading-bot-webhook"])
        for _ in range(2):
            self.assertEqual(self.run_tool(TOOL, "remove", "trading-bot-webhook"), Result(0, "", ""))
            self.assertEqual(os.listdir(self.at(STORE)), [])

    def test_half_a_line_changes_nothing_and_is_not_quoted(self) -> None:
        self.install("https://hooks.example.com/one\n")
        for text in ("", "https://hooks.exa"):
            message = "the credential trading-bot-webhook arrived incomplete, and nothing was changed"
            self.assertEqual(self.install(text), Result(1, "", f"service-credential: {message}\n"))
        self.assertEqual(self.decrypted(), "https://hooks.example.com/one\n")

    def test_what_does_not_read_back_changes_nothing(self) -> None:
        self.install("https://hooks.example.com/one\n")
        self.functions["systemd-creds"] = lambda *_: (0, b"other", b"")
        result = self.install("https://hooks.example.com/two\n")
        self.assertEqual(result.returncode, 1)
        self.assertIn("could not be read back", result.stderr)
        self.assertEqual(self.decrypted(), "https://hooks.example.com/one\n")
        self.assertEqual(os.listdir(self.at(STORE)), ["trading-bot-webhook"])

    def test_the_key_pair_and_paths_are_refused(self) -> None:
        for name in ("binance", "../passwd", "a/b", "", ".hidden"):
            for command in ("install", "remove"):
                result = self.run_tool(TOOL, command, name, stdin="secret\n")
                self.assertEqual(result.returncode, 1)
                self.assertIn("can't be the name of a service's credential", result.stderr)

    def test_killed_at_any_moment_a_whole_credential_is_live(self) -> None:
        self.install("one\n")
        for step in self.kill_everywhere(TOOL, "install", "trading-bot-webhook", stdin="two\n"):
            with self.subTest(step=step):
                self.assertIn(self.decrypted(), ["one\n", "two\n"])
                self.assertEqual(self.install("two\n"), Result(0, "", ""))
                self.assertEqual(self.decrypted(), "two\n")
                self.assertEqual(os.listdir(self.at(STORE)), ["trading-bot-webhook"])
            self.install("one\n")

    def test_a_removal_that_is_killed_at_any_moment_is_done_by_the_next_one(self) -> None:
        self.install("one\n")
        for step in self.kill_everywhere(TOOL, "remove", "trading-bot-webhook", least=3):
            with self.subTest(step=step):
                if self.at(f"{STORE}/trading-bot-webhook").exists():
                    self.assertEqual(self.decrypted(), "one\n")
                    self.assertNotEqual(self.interrupted.returncode, 0)
                self.assertEqual(self.run_tool(TOOL, "remove", "trading-bot-webhook"), Result(0, "", ""))
                self.assertEqual(os.listdir(self.at(STORE)), [])
            self.install("one\n")


if __name__ == "__main__":
    unittest.main()
