package shell

import "github.com/pulumi/pulumi-go-provider/infer"

// Logging says which of a command's outputs are shown while it runs. It changes neither the outputs that the
// resource keeps nor the error of a command that failed, which always shows both.
type Logging string

// The values of the official provider. The empty value means that the input was left out.
const (
	LogStdout Logging = "stdout"
	LogStderr Logging = "stderr"
	LogBoth   Logging = "stdoutAndStderr"
	LogNone   Logging = "none"
)

func (l Logging) showsStdout() bool { return l == "" || l == LogBoth || l == LogStdout }
func (l Logging) showsStderr() bool { return l == "" || l == LogBoth || l == LogStderr }

// LoggingValues describes the values in the schema. Each resource has its own enumeration in the official schema, so
// each has its own type here.
func LoggingValues[T ~string]() []infer.EnumValue[T] {
	value := func(value Logging, description string) infer.EnumValue[T] {
		return infer.EnumValue[T]{Name: string(value), Value: T(value), Description: description}
	}
	return []infer.EnumValue[T]{
		value(LogStdout, "Show the standard output only."),
		value(LogStderr, "Show the standard error only."),
		value(LogBoth, "Show both."),
		value(LogNone, "Show neither."),
	}
}

// LoggingOf reads an optional input of a resource's own logging type.
func LoggingOf[T ~string](input *T) Logging {
	if input == nil {
		return ""
	}
	return Logging(*input)
}
