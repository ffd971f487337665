package local

import (
	"github.com/pulumi/pulumi-go-provider/infer"

	"trading-bot-server/sandbox/toolchain/offline/resource-command/shell"
)

// Logging is shell.Logging under the name that it has in the schema.
type Logging string

// Values lists what may be asked for.
func (Logging) Values() []infer.EnumValue[Logging] { return shell.LoggingValues[Logging]() }
