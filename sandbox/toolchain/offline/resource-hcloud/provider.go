// Package hcloud puts the real Terraform provider for Hetzner Cloud on the real Pulumi bridge, for places where
// the official plugin, which is the same pair, can't be downloaded.
package hcloud

import (
	"context"

	"github.com/hetznercloud/terraform-provider-hcloud/hcloud"
	pfbridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
)

// Version is set by the linker. It is the version of npm's @pulumi/hcloud, because the SDK asks the engine for a
// plugin of exactly its own version.
var Version = "0.0.0-dev"

// Provider describes the bridge. The metadata says which of the two halves of the Terraform provider (its old
// and its new framework) answers for which resource; the generator starts without any and writes it.
func Provider(ctx context.Context, metadata []byte) tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:            pfbridge.MuxShimWithPF(ctx, shimv2.NewProvider(hcloud.Provider()), hcloud.NewPluginProvider()),
		Name:         "hcloud",
		Description:  "Hetzner Cloud resources, built for the sandbox from the Terraform provider and the Pulumi bridge.",
		License:      "Apache-2.0",
		Version:      Version,
		MetadataInfo: tfbridge.NewProviderMetadata(metadata),
		Resources:    map[string]*tfbridge.ResourceInfo{},
	}

	// Pulumi's ids are strings; the new framework declares some of Hetzner's as numbers.
	info.P.ResourcesMap().Range(func(name string, resource shim.Resource) bool {
		if id, declared := resource.Schema().GetOk("id"); declared && id.Type() != shim.TypeString {
			info.Resources[name] = &tfbridge.ResourceInfo{
				Fields: map[string]*tfbridge.SchemaInfo{"id": {Type: "string"}},
			}
		}
		return true
	})

	info.MustComputeTokens(tokens.SingleModule("hcloud_", "index", tokens.MakeStandard("hcloud")))
	// A resource without a name gets one with a random suffix, as long as the official plugin's.
	info.SetAutonaming(255, "-")
	return info
}
