import base64
import json
import os
import time
import unittest

from environment import Bot, Result, ServerTest
from key_pairs import fingerprint, pair, sealed

TOOL = "/usr/local/sbin/binance-credential"
FOLDER = "/etc/credstore.encrypted"
# A pair that was made here has the form of these. The stand-in for Node gives them out in this order.
KEYS = [f"{'A' * 58}{number}=" for number in range(1, 9)]
OLD, NEW = "old", "new"


def futures_order(symbol: str, quantity: str) -> str:
    return f"symbol={symbol}&side=BUY&positionSide=BOTH&type=MARKET&quantity={quantity}"


def private(public_key: str) -> str:
    return f"private key of {public_key}"


class MadeKey(ServerTest):
    def setUp(self) -> None:
        super().setUp()
        self.bot = Bot(self.root)
        self.functions["systemctl"] = self.bot
        self.functions["node"] = self.node

    def node(self, args: list[str], given: bytes) -> tuple[int, bytes, bytes]:
        self.assertEqual(args[0], "-e")
        if "generateKeyPairSync" in args[1]:
            counter = self.root / "keys-made"
            number = int(counter.read_text()) if counter.exists() else 0
            counter.write_text(str(number + 1))
            made = {"privateKey": private(KEYS[number % len(KEYS)]), "publicKey": KEYS[number % len(KEYS)]}
            return 0, json.dumps(made).encode(), b""
        asked = json.loads(given)
        return 0, f"{asked['payload']} signed with the {asked['privateKey']}".encode(), b""

    def tool(self, *args: str, stdin: str = "") -> Result:
        return self.run_tool(TOOL, *args, stdin=stdin)

    def make(self, command: str = "make") -> str:
        result = self.tool(command)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout.strip()

    def install(self, public_key: str, api_key: str = "api-key") -> Result:
        return self.tool("install", stdin=self.sent(public_key, api_key))

    def sent(self, public_key: str, api_key: str = "api-key") -> str:
        return json.dumps({"apiKey": api_key, "publicKey": public_key}, separators=(",", ":")) + "\n"

    def put(self, name: str, content: object, file: str = "binance") -> None:
        text = json.dumps(content, separators=(",", ":")).encode()
        self.write(f"{FOLDER}/{file}", f"sealed as {name}\n{base64.encodebytes(text).decode()}", 0o600)

    def stored(self, file: str = "binance") -> dict[str, str]:
        text = self.at(f"{FOLDER}/{file}").read_text()
        return dict(json.loads(base64.decodebytes(text.partition("\n")[2].encode())))

    def files(self) -> list[str]:
        return sorted(os.listdir(self.at(FOLDER)))

    def sign(self, public_key: str, *requests: object) -> Result:
        return self.tool("sign", public_key, stdin="".join(f"{json.dumps(request)}\n" for request in requests))

    # make and public-key

    def test_makes_a_key_and_prints_only_its_public_half(self) -> None:
        result = self.tool("make")
        self.assertEqual(result, Result(0, f"{KEYS[0]}\n", ""))
        self.assertEqual(self.files(), ["binance.made"])
        self.assertEqual(self.at(f"{FOLDER}/binance.made").stat().st_mode & 0o7777, 0o600)
        self.assertEqual(self.tool("public-key").stdout, f"{KEYS[0]}\n")
        self.assertNotIn("private key of", "\n".join(self.calls()))

    def test_a_server_without_a_made_key_has_none(self) -> None:
        self.write(f"{FOLDER}/binance", sealed(OLD), 0o600)
        self.assertEqual(self.tool("public-key"), Result(0, "none\n", ""))

    def test_another_key_takes_the_place_of_one_that_is_not_in_use(self) -> None:
        self.make()
        self.assertEqual(self.make("make-another"), KEYS[1])
        self.assertEqual(self.tool("public-key").stdout, f"{KEYS[1]}\n")
        self.assertEqual(self.files(), ["binance.made"])

    def test_two_callers_who_make_a_key_get_the_same_one(self) -> None:
        self.assertEqual([self.make(), self.make()], [KEYS[0], KEYS[0]])
        self.assertEqual(self.tool("public-key").stdout, f"{KEYS[0]}\n")

    def test_a_node_that_fails_changes_nothing_and_is_not_quoted(self) -> None:
        self.make()
        self.functions["node"] = lambda args, _: (1, b"", b"the private key")
        result = self.tool("make-another")
        self.assertEqual(
            result, Result(1, "", "binance-credential: Node could not make a key: it ended with status 1\n")
        )
        self.functions["node"] = lambda args, _: (0, b"nonsense", b"")
        self.assertEqual(self.tool("make-another").returncode, 1)
        self.assertEqual(self.tool("public-key").stdout, f"{KEYS[0]}\n")

    def test_a_key_that_is_made_and_killed_at_any_moment_leaves_the_old_one_or_the_new_one(self) -> None:
        def prepare() -> None:
            (self.root / "keys-made").unlink(missing_ok=True)
            self.put("binance-made", {"privateKey": private(KEYS[7]), "publicKey": KEYS[7]}, "binance.made")

        prepare()
        for step in self.kill_everywhere(TOOL, "make-another", least=3):
            with self.subTest(step=step):
                self.assertIn(self.tool("public-key").stdout.strip(), [KEYS[7], KEYS[0]])
                (self.root / "keys-made").write_text("2")
                self.assertEqual(self.make("make-another"), KEYS[2])
                self.assertEqual(self.files(), ["binance.made"])
            prepare()

    # install

    def test_a_pair_with_a_made_key_is_completed_here(self) -> None:
        self.bot = Bot(self.root, state="inactive")
        self.functions["systemctl"] = self.bot
        public_key = self.make()
        result = self.install(public_key)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(
            self.stored(), {"apiKey": "api-key", "apiSecret": private(public_key), "publicKey": public_key}
        )
        self.assertEqual(self.files(), ["binance"])
        self.assertEqual(self.tool("public-key").stdout, "none\n")
        self.assertEqual(self.bot.get("state"), "active")

    def test_the_fingerprint_is_that_of_what_was_sent(self) -> None:
        public_key = self.make()
        self.assertEqual(
            self.install(public_key).stdout, f"{self.fingerprint_of(self.sent(public_key).encode()[:-1])}\n"
        )
        self.assertEqual(self.tool("fingerprint").stdout, self.install(public_key).stdout)

    def fingerprint_of(self, text: bytes) -> str:
        import hashlib

        return hashlib.sha256(text).hexdigest()[:12]

    def test_a_rotation_to_a_made_key_and_away_from_it_and_back(self) -> None:
        self.write(f"{FOLDER}/binance", sealed(OLD), 0o600)
        public_key = self.make()
        made = self.install(public_key).stdout
        self.assertEqual(self.files(), ["binance", "binance.previous"])
        self.assertEqual(self.tool("roll-back").stdout, f"{fingerprint(OLD)}\n")
        # The private key is in the previous pair now.
        self.assertEqual(self.install(public_key).stdout, made)
        self.assertEqual(self.tool("install", stdin=f"{pair(NEW)}\n").stdout, f"{fingerprint(NEW)}\n")
        self.assertEqual(self.stored("binance.previous")["publicKey"], public_key)
        # Another API key for the same private key.
        self.assertEqual(self.install(public_key, "other-api-key").returncode, 0)
        self.assertEqual(self.stored()["apiKey"], "other-api-key")

    def test_a_made_key_with_which_the_bot_does_not_run_waits_again(self) -> None:
        self.write(f"{FOLDER}/binance", sealed(OLD), 0o600)
        public_key = self.make()
        self.bot.fails_always = True
        self.assertEqual(self.install(public_key).returncode, 1)
        self.assertEqual(self.tool("fingerprint").stdout, f"{fingerprint(OLD)}\n")
        self.assertEqual(self.tool("public-key").stdout, f"{public_key}\n")

    def test_an_unknown_public_key_changes_nothing_on_a_server_that_has_another_key(self) -> None:
        self.write(f"{FOLDER}/binance", sealed(OLD), 0o600)
        result = self.install(KEYS[7])
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn(f"doesn't have the private key of the public key {KEYS[7]}, and nothing was changed", result.stderr)
        self.assertEqual(self.at(f"{FOLDER}/binance").read_text(), sealed(OLD))
        public_key = self.make()
        waiting = f"The public key of the key that was made here and isn't used yet is {public_key}."
        self.assertTrue(self.install(KEYS[7]).stderr.endswith(f"nothing was changed. {waiting}\n"))
        self.install(public_key)
        live = f"The public key of the live pair is {public_key}."
        self.assertTrue(self.install(KEYS[7]).stderr.endswith(f"nothing was changed. {live}\n"))

    def test_a_new_server_is_complete_without_the_key_of_the_one_before_it(self) -> None:
        result = self.install(KEYS[7])
        self.assertEqual((result.returncode, result.stdout), (0, "none\n"))
        self.assertIn("ended with the disk of the server on which it was made", result.stderr)
        self.assertEqual(self.files(), [])

    def test_an_installation_killed_at_any_moment_loses_no_key_and_the_next_one_succeeds(self) -> None:
        public_key = KEYS[0]

        def prepare() -> None:
            self.bot = Bot(self.root)
            self.functions["systemctl"] = self.bot
            for file in self.files():
                self.at(f"{FOLDER}/{file}").unlink()
            self.at("/var/lib/trading-bot-server/activating").unlink(missing_ok=True)
            self.write(f"{FOLDER}/binance", sealed(OLD), 0o600)
            self.put("binance-made", {"privateKey": private(public_key), "publicKey": public_key}, "binance.made")

        self.at(FOLDER).mkdir(parents=True)
        prepare()
        for step in self.kill_everywhere(TOOL, "install", stdin=self.sent(public_key)):
            with self.subTest(step=step):
                self.assertEqual(self.install(public_key).returncode, 0)
                self.assertEqual(self.stored()["apiSecret"], private(public_key))
                self.assertEqual(self.files(), ["binance", "binance.previous"])
            prepare()

    # remove and show

    def test_remove_also_deletes_a_key_that_is_not_in_use(self) -> None:
        self.make()
        self.assertEqual(self.tool("remove"), Result(0, "none\n", ""))
        self.assertEqual(self.files(), [])

    def test_settings_without_a_pair_keep_a_key_that_is_not_in_use(self) -> None:
        public_key = self.make()
        # Such as after `npm run rotate-ssh-keys`, before the API key is set.
        self.assertEqual(self.tool("remove-pairs"), Result(0, "none\n", ""))
        self.assertEqual(self.files(), ["binance.made"])
        self.assertEqual(self.install(public_key).returncode, 0)

    def test_settings_without_a_pair_keep_no_pair_and_no_key_of_one(self) -> None:
        self.write(f"{FOLDER}/binance", sealed(OLD), 0o600)
        self.install(self.make())
        waiting = self.make()
        self.assertEqual(self.tool("remove-pairs"), Result(0, "none\n", ""))
        self.assertEqual(self.files(), ["binance.made"])
        self.assertEqual(self.tool("public-key").stdout, f"{waiting}\n")
        # An installation that was killed at its end.
        self.install(waiting)
        self.put("binance-made", {"privateKey": private(waiting), "publicKey": waiting}, "binance.made")
        self.assertEqual(self.tool("remove-pairs"), Result(0, "none\n", ""))
        self.assertEqual(self.files(), [])

    def test_a_made_private_key_is_never_shown(self) -> None:
        public_key = self.make()
        self.install(public_key)
        why = f"its private key was made on this server, and never leaves it. Its public key is {public_key}"
        for command in ("show", "may-show"):
            self.assertEqual(self.tool(command), Result(1, "", f"binance-credential: {why}\n"))

    # sign

    def test_signs_what_gate_verify_and_stop_request(self) -> None:
        public_key = self.make()
        now = f"recvWindow=5000&timestamp={int(time.time() * 1000)}"
        allowed = [
            ("GET", "/sapi/v1/account/apiRestrictions", now),
            ("GET", "/api/v3/account", f"omitZeroBalances=true&{now}"),
            (
                "POST",
                "/api/v3/order/test",
                f"symbol=BTCUSDC&side=SELL&type=MARKET&quoteOrderQty=20&computeCommissionRates=false&{now}",
            ),
            ("DELETE", "/api/v3/openOrders", f"symbol=%E5%B8%81USDT&{now}"),
            ("POST", "/fapi/v1/order/test", f"{futures_order('BTCUSDT', '0.01')}&{now}"),
            ("POST", "/fapi/v1/order/test", f"{futures_order('SOLUSDT', '1')}&{now}"),
            ("GET", "/api/v3/openOrders", f"recvWindow=5000&timestamp={int(time.time() * 1000) - 50_000}"),
        ]
        requests = [{"method": method, "path": path, "query": query} for method, path, query in allowed]
        result = self.sign(public_key, *requests)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        ready, *lines = result.stdout.splitlines()
        self.assertEqual(ready, "ready")
        self.assertEqual(
            [json.loads(line) for line in lines],
            [{"signature": f"{query} signed with the {private(public_key)}"} for _, _, query in allowed],
        )

    def test_signs_nothing_else(self) -> None:
        public_key = self.make()
        now = f"recvWindow=5000&timestamp={int(time.time() * 1000)}"
        early = f"recvWindow=5000&timestamp={int(time.time() * 1000) - 3_600_000}"
        late = f"recvWindow=5000&timestamp={int(time.time() * 1000) + 50_000}"
        test_order = f"symbol=BTCUSDC&side=BUY&type=MARKET&quoteOrderQty=20&computeCommissionRates=false&{now}"
        refused = [
            ("POST", "/api/v3/order", test_order),
            ("POST", "/api/v3/order/test", test_order.replace("computeCommissionRates=false&", "")),
            ("POST", "/api/v3/order/test", test_order.replace("=20&", "=20000&")),
            ("POST", "/api/v3/order/test", f"{test_order}&newOrderRespType=FULL"),
            ("POST", "/api/v3/order/test", f"{test_order}\n"),
            ("POST", "/sapi/v1/capital/withdraw/apply", f"coin=BTC&address=1&amount=1&{now}"),
            ("GET", "/sapi/v1/capital/config/getall", now),
            ("POST", "/sapi/v1/account/apiRestrictions", now),
            ("GET", "/sapi/v1/account/apiRestrictions", early),
            # Binance would accept it later.
            ("GET", "/sapi/v1/account/apiRestrictions", late),
            ("GET", "/sapi/v1/account/apiRestrictions", now.replace("5000", "60000")),
            ("DELETE", "/api/v3/openOrders", now),
            ("DELETE", "/api/v3/openOrders", f"symbol=A&quantity=1&{now}"),
            ("DELETE", "/api/v3/openOrders", f"symbol=A%26quantity%3D1&{now}"),
            ("DELETE", "/api/v3/openOrders", f"symbol=A%00&{now}"),
            ("POST", "/fapi/v1/order/test", f"{futures_order('BTCUSDT', '1')}&{now}"),
            ("POST", "/fapi/v1/order/test", f"{futures_order('btcusdt', '1')}&{now}"),
            ("POST", "/fapi/v1/order/test", f"{futures_order('%42TCUSDT', '1')}&{now}"),
            ("POST", "/fapi/v1/order/test", f"{futures_order('SOLUSDT', '0.01')}&{now}"),
            ("POST", "/fapi/v1/order", f"symbol=BTCUSDT&side=BUY&positionSide=BOTH&type=MARKET&quantity=0.01&{now}"),
        ]
        requests: list[object] = [
            *({"method": method, "path": path, "query": query} for method, path, query in refused),
            "nonsense",
            {"query": now},
            {"method": "GET", "path": "/api/v3/openOrders", "query": 1},
        ]
        result = self.sign(public_key, *requests)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        answers = [json.loads(line) for line in result.stdout.splitlines()[1:]]
        self.assertEqual([list(answer) for answer in answers], [["refused"]] * len(requests))
        self.assertNotIn("node", [call.split()[0] for call in self.calls() if "sign(null" in call])

    def test_json_that_is_nested_too_deeply_is_refused(self) -> None:
        public_key = self.make()
        nested = "[" * 100_000 + "\n"
        result = self.tool("sign", public_key, stdin=nested)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("this isn't a request", result.stdout)

    def test_signs_with_the_private_key_of_a_pair(self) -> None:
        public_key = self.make()
        self.install(public_key)
        self.assertEqual(self.sign(public_key).stdout, "ready\n")

    def test_a_server_without_any_key_says_so(self) -> None:
        result = self.sign(KEYS[0])
        self.assertEqual((result.returncode, result.stdout), (0, "none\n"))

    def test_signs_nothing_for_another_public_key_or_something_else(self) -> None:
        self.make()
        result = self.sign(KEYS[1])
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("doesn't have the private key", result.stderr)
        self.assertIn("isn't a public key", self.sign("--help").stderr)


if __name__ == "__main__":
    unittest.main()
