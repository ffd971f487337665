package remote

import (
	"context"
	"reflect"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"trading-bot-server/sandbox/toolchain/offline/resource-command/shell"
)

// The engine prints the value of the property that a failure names. No property has this name, so it prints none.
const hiddenConnection = "connection (not shown)"

// Check refuses what this provider doesn't know. The official provider names the connection when something in it
// is wrong, and the engine then prints all of it, including the private key. Here nothing of it is shown.
func (*Command) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[CommandArgs], error) {
	if failures := checkConnection(req); failures != nil {
		return infer.CheckResponse[CommandArgs]{Failures: failures}, nil
	}
	inputs, failures, err := infer.DefaultCheck[CommandArgs](ctx, req.NewInputs)
	for i := range failures {
		if failures[i].Property == "connection" {
			failures[i].Property = hiddenConnection
		}
	}
	return infer.CheckResponse[CommandArgs]{Inputs: inputs, Failures: failures}, err
}

func checkConnection(req infer.CheckRequest) []p.CheckFailure {
	connection := req.NewInputs.Get("connection")
	if !connection.IsMap() {
		return nil
	}
	if failures := shell.LeftOut(connection.AsMap(), "proxy"); failures != nil {
		failures[0].Property = "connection.proxy"
		return failures
	}
	return shell.Unknown("connection", connection.AsMap(), connectionProperties())
}

func connectionProperties() []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Connection]()) {
		name, _, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
