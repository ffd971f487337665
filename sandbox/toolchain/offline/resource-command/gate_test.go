package main

import (
	"io"
	"net"
	"strconv"

	"trading-bot-server/sandbox/toolchain/offline/resource-command/internal/sshtest"
)

// gate hangs up on the first clients and passes the later ones on to the server: a host that is still booting.
func gate(listener net.Listener, server *sshtest.Server, hangUps int) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		if hangUps > 0 {
			hangUps--
			_ = client.Close()
			continue
		}
		go pass(client, net.JoinHostPort(server.Host, strconv.Itoa(server.Port)))
	}
}

func pass(client net.Conn, address string) {
	defer func() { _ = client.Close() }()
	behind, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer func() { _ = behind.Close() }()
	go func() { _, _ = io.Copy(behind, client) }()
	_, _ = io.Copy(client, behind)
}
