// pulumi-resource-hcloud is the plugin that the Pulumi engine starts.
package main

import (
	"context"
	"embed"
	"fmt"
	"os"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"

	hcloud "trading-bot-server/sandbox/toolchain/offline/resource-hcloud"
)

// A folder and not its files, so that the module compiles before they are generated.
//
//go:embed generated
var generated embed.FS

func main() {
	ctx := context.Background()
	tfbridge.MainWithMuxer(ctx, "hcloud", hcloud.Provider(ctx, read("bridge-metadata.json")), read("schema.json"))
}

func read(name string) []byte {
	content, err := generated.ReadFile("generated/" + name)
	if err != nil {
		fmt.Fprintf(os.Stderr, "this plugin was built without %s; build it with sandbox/toolchain/toolchain.sh\n", name)
		os.Exit(1)
	}
	return content
}
