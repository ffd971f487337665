package main

import (
	"net"
	"strings"
	"testing"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"trading-bot-server/sandbox/toolchain/offline/resource-command/internal/sshtest"
)

func TestDialRefusesAnotherHostBeforeItLogsIn(t *testing.T) {
	key := sshtest.NewKey(t)
	server := sshtest.Start(t, key, "the password", echo)
	_, err := newEngine(t, remoteCommand).create(object{
		"connection": connection(server, key, object{"hostKey": sshtest.NewKey(t).Public, "password": "the password"}),
		"create":     "x",
	})
	if err == nil {
		t.Fatal("no error")
	}
	contains(t, err.Error(), "host key mismatch")
	equal(t, server.Logins(), 0)
}

func TestDialBelievesAnyHostWithoutAHostKey(t *testing.T) {
	key := sshtest.NewKey(t)
	server := sshtest.Start(t, key, "", echo)
	open := connection(server, key, nil)
	delete(open, "hostKey")
	newEngine(t, remoteCommand).mustCreate(object{"connection": open, "create": "x"})
}

func TestDialFailsAtOnceOnWhatNoRetryMends(t *testing.T) {
	key := sshtest.NewKey(t)
	server := sshtest.Start(t, key, "", echo)
	for name, more := range map[string]object{
		"host key":     {"hostKey": "no key"},
		"private key":  {"privateKey": "-----BEGIN canary"},
		"key password": {"privateKey": key.Encrypted(t, "another"), "privateKeyPassword": "canary"},
		"agent":        {"agentSocketPath": "/does/not/exist"},
	} {
		t.Run(name, func(t *testing.T) {
			more["dialErrorLimit"] = -1
			_, err := newEngine(t, remoteCommand).create(object{
				"connection": connection(server, key, more), "create": "x",
			})
			if err == nil {
				t.Fatal("no error")
			}
			lacks(t, err.Error(), "canary")
			equal(t, server.Connections(), 0)
		})
	}
}

func TestDialLogsInWithAPasswordOrAnEncryptedKey(t *testing.T) {
	key := sshtest.NewKey(t)
	server := sshtest.Start(t, key, "the password", echo)
	for name, more := range map[string]object{
		"password": {"privateKey": nil, "password": "the password"},
		"key":      {"privateKey": key.Encrypted(t, "open"), "privateKeyPassword": "open"},
	} {
		t.Run(name, func(t *testing.T) {
			inputs := connection(server, key, more)
			if inputs["privateKey"] == nil {
				delete(inputs, "privateKey")
			}
			newEngine(t, remoteCommand).mustCreate(object{"connection": inputs, "create": "x"})
		})
	}
}

func TestDialRetriesAndSaysSo(t *testing.T) {
	// A port without a listener.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &sshtest.Server{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port}
	_ = listener.Close()

	key := sshtest.NewKey(t)
	watched := watch(t)
	_, err = newEngine(t, remoteCommand).create(object{
		"connection": connection(server, key, object{"dialErrorLimit": 2, "hostKey": key.Public}), "create": "x",
	})
	if err == nil {
		t.Fatal("no error")
	}
	equal(t, watched.text(), "Dial 1/2 failed: retrying\nDial 2/2 failed: retrying")
	contains(t, err.Error(), "after 2 failed attempts: ")
	contains(t, err.Error(), "connection refused")
}

func TestDialRetriesAHostThatIsNotReadyYet(t *testing.T) {
	key := sshtest.NewKey(t)
	reserved, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := sshtest.Start(t, key, "", echo)
	// A gate in front of the server that hangs up twice, then lets through.
	go gate(reserved, server, 2)
	t.Cleanup(func() { _ = reserved.Close() })
	watched := watch(t)
	newEngine(t, remoteCommand).mustCreate(object{
		"connection": connection(server, key, object{
			"port": float64(reserved.Addr().(*net.TCPAddr).Port), "dialErrorLimit": -1,
		}),
		"create": "x",
	})
	contains(t, watched.text(), "Dial 2/inf failed: retrying")
}

func TestACancelledDialEnds(t *testing.T) {
	key := sshtest.NewKey(t)
	// Accepts, and never sends anything.
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	server := &sshtest.Server{Host: "127.0.0.1", Port: silent.Addr().(*net.TCPAddr).Port, HostKey: key.Public}
	accepted := make(chan net.Conn, 1)
	go func() {
		conn, err := silent.Accept()
		if err == nil {
			accepted <- conn
		}
	}()
	engine := newEngine(t, remoteCommand)
	ended := start(engine, object{"connection": connection(server, key, nil), "create": "x"})
	conn := <-accepted
	t.Cleanup(func() { _ = conn.Close() })
	if err := engine.provider.Cancel(); err != nil {
		t.Fatal(err)
	}
	cancelled(t, ended)
}

func TestACancelledCommandEnds(t *testing.T) {
	key := sshtest.NewKey(t)
	running := make(chan struct{})
	released := make(chan struct{})
	server := sshtest.Start(t, key, "", func(sshtest.Command) uint32 {
		close(running)
		<-released
		return 0
	})
	t.Cleanup(func() { close(released) })
	engine := newEngine(t, remoteCommand)
	ended := start(engine, object{"connection": connection(server, key, nil), "create": "sleep"})
	<-running
	if err := engine.provider.Cancel(); err != nil {
		t.Fatal(err)
	}
	cancelled(t, ended)
}

func TestATimeoutEndsACommand(t *testing.T) {
	engine := newEngine(t, localCommand)
	inputs := engine.check(object{"create": "sleep 60 & wait"})
	began := time.Now()
	_, err := engine.provider.Create(p.CreateRequest{Urn: engine.urn, Properties: inputs, Timeout: 1})
	if err == nil || !strings.Contains(err.Error(), "deadline exceeded") {
		t.Fatalf("got %v", err)
	}
	// The shell's child holds the outputs open: it has to be ended too.
	if time.Since(began) > 4*time.Second {
		t.Errorf("took %s", time.Since(began))
	}
}

func start(engine *engine, inputs object) <-chan error {
	checked := engine.check(inputs)
	ended := make(chan error, 1)
	go func(properties property.Map) {
		_, err := engine.provider.Create(p.CreateRequest{Urn: engine.urn, Properties: properties})
		ended <- err
	}(checked)
	return ended
}

func cancelled(t *testing.T, ended <-chan error) {
	t.Helper()
	select {
	case err := <-ended:
		if err == nil || !strings.Contains(err.Error(), "canceled") {
			t.Fatalf("got %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("went on")
	}
}
