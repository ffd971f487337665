import unittest

from environment import Result, ServerTest

TOOL = "/usr/local/lib/trading-bot-server/write-name-servers"


class WriteNameServers(ServerTest):
    def write_name_servers(self, resolv_conf: str) -> Result:
        self.write("/etc/resolv.conf", resolv_conf)
        self.at("/run").mkdir(exist_ok=True)
        return self.run_tool(TOOL, str(self.at("/run/servers.cfg")))

    def test_the_ipv4_name_servers_are_written_for_both_protocols_and_no_others(self) -> None:
        result = self.write_name_servers(
            "# nameserver 192.0.2.7\nnameserver 192.0.2.1\nnameserver 2001:db8::1\nnameserver fe80::1%eth0\n"
            "nameserver\t192.0.2.2 # second\nsearch example.net\n"
        )
        self.assertEqual(result, Result(0, "", ""))
        lines = self.at("/run/servers.cfg").read_text().splitlines()
        self.assertEqual(lines[0], "resolvers server")
        self.assertEqual(
            [line for line in lines if "nameserver" in line],
            [
                "  nameserver ns0-udp udp@192.0.2.1:53",
                "  nameserver ns0-tcp tcp@192.0.2.1:53",
                "  nameserver ns1-udp udp@192.0.2.2:53",
                "  nameserver ns1-tcp tcp@192.0.2.2:53",
            ],
        )

    def test_without_a_name_server_it_fails_so_that_systemd_tries_again(self) -> None:
        result = self.write_name_servers("nameserver 2001:db8::1\n")
        self.assertEqual(result, Result(1, "", "There is no IPv4 name server in /etc/resolv.conf.\n"))
        self.assertFalse(self.at("/run/servers.cfg").exists())

    def test_killed_at_any_moment_it_leaves_the_old_file_or_the_new_one(self) -> None:
        self.write_name_servers("nameserver 192.0.2.1\n")
        self.write("/etc/resolv.conf", "nameserver 192.0.2.2\n")
        old = self.at("/run/servers.cfg").read_text()
        for step in self.kill_everywhere(TOOL, str(self.at("/run/servers.cfg")), least=1):
            with self.subTest(step=step):
                new = old.replace("192.0.2.1", "192.0.2.2")
                left = self.at("/run/servers.cfg").read_text()
                self.assertIn(left, (new,) if self.interrupted.returncode == 0 else (old, new))
                self.assertEqual(self.run_tool(TOOL, str(self.at("/run/servers.cfg"))).returncode, 0)
                self.assertEqual(self.at("/run/servers.cfg").read_text(), new)
            self.at("/run/servers.cfg").write_text(old)


if __name__ == "__main__":
    unittest.main()
