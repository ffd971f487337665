package main

import (
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/middleware/schema"

	"trading-bot-server/sandbox/toolchain/offline/resource-command/local"
	"trading-bot-server/sandbox/toolchain/offline/resource-command/remote"
)

func newProvider() p.Provider {
	return replaceOnTriggers(infer.Provider(infer.Options{
		Metadata: schema.Metadata{
			DisplayName: "Command (sandbox stand-in)",
			Description: "A stand-in for Pulumi's command provider that serves the sandbox of trading-bot-server only.",
			License:     "Apache-2.0",
		},
		Resources: []infer.InferredResource{
			infer.Resource(&local.Command{}),
			infer.Resource(&remote.Command{}),
		},
	}))
}
