import socket
import threading
import unittest

from environment import Result, ServerTest

TOOL = "/usr/local/lib/trading-bot-server/reload-proxy"

PROCESSES = """#<PID>          <type>          <reloads>       <uptime>        <version>
100             master          1 [failed: 0]   0d00h00m03s     3.0
# workers
103             worker          0               0d00h00m00s     3.0
# old workers
101             worker          2               0d00h00m02s     3.0
102             worker          1               0d00h00m01s     3.0
# programs

"""

SESSIONS = """0x55d01: proto=tcpv4 src=198.18.0.2:5000 fe=api.binance.com be=api.binance.com srv=host
0x55d02: proto=tcpv4 src=198.18.0.2:5001 fe=gone.example.net be=<NONE> srv=<none>
0x55d03: proto=unix_stream src=unix:1 fe=GLOBAL be=<NONE> srv=<none>
"""


class ReloadProxy(ServerTest):
    def setUp(self) -> None:
        super().setUp()
        self.answers = {
            "reload": "Success=1\n--\n",
            "@1 show stat -1 1 -1": "# pxname,svname\napi.binance.com,FRONTEND\napi.telegram.org,FRONTEND\n\n",
            "show proc": PROCESSES,
            "@!101 show sess": SESSIONS,
            "@!102 show sess": "\n",
        }
        self.received: list[str] = []
        self.socket = self.at("/master.sock")
        self.master = socket.socket(socket.AF_UNIX)
        self.master.bind(str(self.socket))
        self.master.listen()
        self.addCleanup(self.master.close)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.master.accept()
            except OSError:
                return
            with connection:
                command = connection.makefile().readline().strip()
                self.received.append(command)
                connection.sendall(self.answers.get(command, "\n").encode())

    def reload(self) -> Result:
        return self.run_tool(TOOL, str(self.socket))

    def test_closes_the_connections_to_hosts_that_are_no_longer_listed_and_no_others(self) -> None:
        self.assertEqual(self.reload(), Result(0, "", ""))
        self.assertEqual(
            [command for command in self.received if "shutdown" in command],
            ["@!101 shutdown session 0x55d02"],
        )

    def test_fails_without_closing_anything_if_the_settings_are_broken(self) -> None:
        self.answers["reload"] = "Success=0\n--\nunknown keyword"
        result = self.reload()
        self.assertEqual(result.returncode, 1)
        self.assertIn("unknown keyword", result.stderr)
        self.assertEqual(self.received, ["reload"])

    def test_closes_nothing_if_the_new_worker_lists_no_host(self) -> None:
        self.answers["@1 show stat -1 1 -1"] = "\n"
        self.assertEqual(self.reload().returncode, 1)
        self.assertEqual(self.received, ["reload", "@1 show stat -1 1 -1"])


if __name__ == "__main__":
    unittest.main()
