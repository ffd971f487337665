package main

import (
	"fmt"
	"io"
	"maps"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"trading-bot-server/sandbox/toolchain/offline/resource-command/internal/sshtest"
)

const remoteCommand = "command:remote:Command"

// echo prints its input, its command line and a variable.
func echo(command sshtest.Command) uint32 {
	input, err := io.ReadAll(command.Stdin)
	if err != nil {
		return 1
	}
	_, _ = fmt.Fprintf(command.Stdout, "%s: %s [%s] %s%s\n", command.User, command.Line, input,
		command.Environment["NAME"], command.Environment["PULUMI_COMMAND_STDOUT"])
	return 0
}

// failing writes to both streams and fails.
func failing(command sshtest.Command) uint32 {
	_, _ = io.WriteString(command.Stdout, "out\n")
	_, _ = io.WriteString(command.Stderr, "err\n")
	return 7
}

func connection(server *sshtest.Server, key sshtest.Key, more object) object {
	connection := object{
		"host": server.Host, "port": float64(server.Port), "user": "admin", "hostKey": server.HostKey,
		"privateKey":     resource.MakeSecret(resource.NewStringProperty(key.Private)),
		"dialErrorLimit": 0,
	}
	maps.Copy(connection, more)
	return connection
}

func TestRemoteDeliversItsInput(t *testing.T) {
	key := sshtest.NewKey(t)
	server := sshtest.Start(t, key, "", echo)
	state := newEngine(t, remoteCommand).mustCreate(object{
		"connection": connection(server, key, nil), "create": "install it", "stdin": "the input",
	})
	equal(t, text(t, state, "stdout"), "admin: install it [the input] ")
	equal(t, text(t, state, "stderr"), "")
}

func TestRemoteWithoutInputOrWithAnEmptyOneReadsNothing(t *testing.T) {
	key := sshtest.NewKey(t)
	server := sshtest.Start(t, key, "", echo)
	for name, inputs := range map[string]object{"none": {}, "empty": {"stdin": ""}} {
		t.Run(name, func(t *testing.T) {
			inputs["connection"] = connection(server, key, nil)
			inputs["create"] = "x"
			state := newEngine(t, remoteCommand).mustCreate(inputs)
			equal(t, text(t, state, "stdout"), "admin: x [] ")
		})
	}
}

func TestRemoteFailureShowsTheCommandAndItsOutputAndNoKey(t *testing.T) {
	key := sshtest.NewKey(t)
	server := sshtest.Start(t, key, "", failing)
	_, err := newEngine(t, remoteCommand).create(object{
		"connection": connection(server, key, nil), "create": "install it", "stdin": "canary", "logging": "none",
	})
	if err == nil {
		t.Fatal("no error")
	}
	contains(t, err.Error(), `Process exited with status 7: running "install it":`)
	contains(t, err.Error(), "out\n")
	contains(t, err.Error(), "err\n")
	lacks(t, err.Error(), "canary")
	lacks(t, err.Error(), "PRIVATE KEY")
}

func TestRemoteKeepsItsConnectionSecret(t *testing.T) {
	key := sshtest.NewKey(t)
	server := sshtest.Start(t, key, "", echo)
	open := connection(server, key, object{"privateKey": key.Private})
	state := newEngine(t, remoteCommand).mustCreate(object{"connection": open, "create": "x"})
	equal(t, state.Get("connection").Secret(), true)
	equal(t, state.Get("stdout").Secret(), false)
}

func TestRemoteSetsVariablesThatTheHostAccepts(t *testing.T) {
	key := sshtest.NewKey(t)
	server := sshtest.Start(t, key, "", echo)
	server.AcceptEnv = []string{"NAME"}
	state := newEngine(t, remoteCommand).mustCreate(object{
		"connection": connection(server, key, nil), "create": "x", "environment": object{"NAME": "value"},
	})
	equal(t, text(t, state, "stdout"), "admin: x [] value")
}

func TestRemoteFailsIfTheHostRefusesAVariable(t *testing.T) {
	key := sshtest.NewKey(t)
	server := sshtest.Start(t, key, "", echo)
	_, err := newEngine(t, remoteCommand).create(object{
		"connection": connection(server, key, nil), "create": "x", "environment": object{"NAME": "canary"},
	})
	if err == nil {
		t.Fatal("no error")
	}
	contains(t, err.Error(), `could not set environment variable "NAME"`)
	contains(t, err.Error(), "AcceptEnv")
	lacks(t, err.Error(), "canary")
}

func TestRemoteOffersTheLastOutputAndLivesWithARefusal(t *testing.T) {
	key := sshtest.NewKey(t)
	for name, accepted := range map[string][]string{"accepted": {"PULUMI_COMMAND_STDOUT"}, "refused": nil} {
		t.Run(name, func(t *testing.T) {
			server := sshtest.Start(t, key, "", echo)
			server.AcceptEnv = accepted
			engine := newEngine(t, remoteCommand)
			inputs := object{"connection": connection(server, key, nil), "create": "x"}
			state := engine.mustCreate(inputs)
			watched := watch(t)
			again, err := engine.update(state, inputs)
			if err != nil {
				t.Fatal(err)
			}
			if accepted == nil {
				equal(t, text(t, again, "stdout"), "admin: x [] ")
				contains(t, watched.text(), "PULUMI_COMMAND_STDOUT")
			} else {
				equal(t, text(t, again, "stdout"), "admin: x [] admin: x [] ")
			}
		})
	}
}

func TestRemoteDeleteRunsItsCommandOverTheSameConnection(t *testing.T) {
	key := sshtest.NewKey(t)
	lines := make(chan string, 2)
	server := sshtest.Start(t, key, "", func(command sshtest.Command) uint32 {
		lines <- command.Line
		return 0
	})
	engine := newEngine(t, remoteCommand)
	inputs := object{"connection": connection(server, key, nil), "delete": "remove it"}
	state := engine.mustCreate(inputs)
	equal(t, server.Connections(), 0)
	if err := engine.delete(state); err != nil {
		t.Fatal(err)
	}
	equal(t, <-lines, "remove it")
}

func TestRemoteRefusesAConnectionWithAPropertyTooManyAndShowsNoneOfIt(t *testing.T) {
	key := sshtest.NewKey(t)
	server := sshtest.Start(t, key, "", echo)
	for name, more := range map[string]object{
		"unknown":    {"pirvateKey": key.Private},
		"left out":   {"proxy": object{"host": "bastion", "privateKey": key.Private}},
		"wrong type": {"privateKey": object{"pem": key.Private}},
		"no port":    {"port": key.Private},
	} {
		t.Run(name, func(t *testing.T) {
			engine := newEngine(t, remoteCommand)
			inputs := object{"connection": connection(server, key, more), "create": "x"}
			failures := engine.failures(inputs)
			if len(failures) == 0 {
				t.Fatal("not refused")
			}
			for _, failure := range failures {
				lacks(t, failure.Reason, "PRIVATE KEY")
				// The engine prints the value of the property that a failure names.
				if failure.Property == "connection" {
					t.Error("the engine would print the connection")
				}
			}
		})
	}
}
