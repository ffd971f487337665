// pulumi-tfgen-hcloud writes what pulumi-resource-hcloud embeds: `pulumi-tfgen-hcloud schema --out DIR` makes
// schema.json and bridge-metadata.json in DIR.
package main

import (
	"context"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfgen"

	hcloud "trading-bot-server/sandbox/toolchain/offline/resource-hcloud"
)

func main() {
	tfgen.MainWithMuxer("hcloud", hcloud.Provider(context.Background(), nil))
}
