// Package shell has the common parts of a local and a remote command: their inputs and outputs, which command line runs
// when, and what happens to its output.
package shell

import "github.com/pulumi/pulumi-go-provider/infer"

// Inputs are the properties that both resources share.
type Inputs struct {
	Triggers               *[]any             `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Create                 *string            `pulumi:"create,optional"`
	Update                 *string            `pulumi:"update,optional"`
	Delete                 *string            `pulumi:"delete,optional"`
	Stdin                  *string            `pulumi:"stdin,optional"`
	Environment            *map[string]string `pulumi:"environment,optional"`
	AddPreviousOutputInEnv *bool              `pulumi:"addPreviousOutputInEnv,optional"`
}

// Annotate describes the inputs in the schema.
func (in *Inputs) Annotate(a infer.Annotator) {
	a.Describe(&in.Triggers, "Values of any type. A change of one of them replaces the resource.")
	a.Describe(&in.Create, "What to run when the resource is created, and on a change if there is no `update`.")
	a.Describe(&in.Update, "What to run when an input changes. Without it, `create` runs again.")
	a.Describe(&in.Delete, "What to run when the resource is deleted. Without it, nothing runs.")
	a.Describe(&in.Stdin, "What the command reads on its standard input. A change re-runs the command in place.")
	a.Describe(&in.Environment,
		"Further environment variables. On a remote host, sshd must allow each of them by AcceptEnv.")
	a.Describe(&in.AddPreviousOutputInEnv,
		"Whether the next run finds the last one's output in "+stdoutVariable+" and "+stderrVariable+". Default: true.")
}

// Outputs are the output of the last run.
type Outputs struct {
	Stdout string `pulumi:"stdout"`
	Stderr string `pulumi:"stderr"`
}

// Annotate describes the outputs in the schema.
func (out *Outputs) Annotate(a infer.Annotator) {
	a.Describe(&out.Stdout, "The command's standard output, without its last line break.")
	a.Describe(&out.Stderr, "The command's standard error, without its last line break.")
}
