// pulumi-resource-command is a stand-in for the official command provider, which is on no registry that a closed
// network can reach. It serves the sandbox only: production downloads the official plugin.
//
// It has the official schema, except a few parts that README.md lists. Wherever a program can notice a difference, it
// behaves like the official one, including its weaknesses: a leak in the official plugin must show in the sandbox.
package main

import (
	"context"
	"fmt"
	"os"

	p "github.com/pulumi/pulumi-go-provider"
)

// Version is set by the linker. It is the version of npm's @pulumi/command, because the SDK requests a plugin of exactly
// its own version.
var Version = "0.0.0-dev"

const about = `pulumi-resource-command %s, a stand-in for Pulumi's command provider.

It serves the sandbox of trading-bot-server only, where the official plugin can't be downloaded. The Pulumi engine
starts it; there is nothing to run by hand. The official one: https://www.pulumi.com/registry/packages/command
`

func main() {
	if len(os.Args) == 2 {
		switch os.Args[1] {
		case "-version", "--version":
			fmt.Println(Version + " (sandbox stand-in)")
			return
		case "-h", "-help", "--help":
			fmt.Printf(about, Version)
			return
		}
	}
	if err := p.RunProvider(context.Background(), "command", Version, newProvider()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
