import unittest

from environment import Result, ServerTest

TOOL = "/usr/local/lib/trading-bot-server/start-resolver"


class StartResolver(ServerTest):
    def setUp(self) -> None:
        super().setUp()
        self.program("dnsmasq")
        self.write("/etc/trading-bot/resolver.conf", "no-resolv\nserver=/binance.com/#\n")
        self.write("/etc/trading-bot/resolver-hosts.conf", "server=/hooks.example.com/#\nserver=/x/192.0.2.9\n")
        self.at("/run").mkdir()

    def start(self) -> Result:
        return self.run_tool(TOOL, variables={"RUNTIME_DIRECTORY": str(self.at("/run"))})

    def test_becomes_dnsmasq_with_each_name_server_for_each_name(self) -> None:
        self.write(
            "/etc/resolv.conf",
            "# nameserver 192.0.2.7\nnameserver 192.0.2.1\nnameserver 2001:db8::1\nnameserver\t192.0.2.2 # second\n",
        )
        self.assertEqual(self.start(), Result(0, "", ""))
        self.assertEqual(self.calls(), [f"dnsmasq --conf-file={self.at('/run')}/dnsmasq.conf"])
        self.assertEqual(
            self.at("/run/dnsmasq.conf").read_text().splitlines(),
            [
                "no-resolv",
                "server=/binance.com/192.0.2.1",
                "server=/binance.com/192.0.2.2",
                "server=/hooks.example.com/192.0.2.1",
                "server=/hooks.example.com/192.0.2.2",
                "server=/x/192.0.2.9",
            ],
        )

    def test_without_a_name_server_it_fails_so_that_systemd_tries_again(self) -> None:
        self.write("/etc/resolv.conf", "nameserver 2001:db8::1\n")
        self.assertEqual(self.start(), Result(1, "", "There is no IPv4 name server in /etc/resolv.conf.\n"))
        self.assertEqual(self.calls(), [])


if __name__ == "__main__":
    unittest.main()
