// Package local runs commands on the machine that Pulumi runs on.
package local

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"trading-bot-server/sandbox/toolchain/offline/resource-command/shell"
)

// Command is the resource local.Command.
type Command struct{}

// CommandArgs are its inputs.
type CommandArgs struct {
	shell.Inputs
	Logging     *Logging  `pulumi:"logging,optional"`
	Interpreter *[]string `pulumi:"interpreter,optional"`
	Dir         *string   `pulumi:"dir,optional"`
}

// CommandState is what Pulumi keeps of it.
type CommandState struct {
	CommandArgs
	shell.Outputs
}

// Annotate describes the resource in the schema.
func (c *Command) Annotate(a infer.Annotator) {
	a.Describe(&c, "A command that runs on this machine when the resource is created, changed or deleted.")
}

// Annotate describes the inputs in the schema.
func (in *CommandArgs) Annotate(a infer.Annotator) {
	a.Describe(&in.Logging, "Which output to show while the command runs. Default: both.")
	a.Describe(&in.Interpreter, "The program, and its first arguments, that gets the command. Default: `/bin/sh -c`.")
	a.Describe(&in.Dir, "The folder to run the command in. Default: the program's.")
}

// Check refuses what this provider leaves out.
func (*Command) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[CommandArgs], error) {
	if failures := shell.LeftOut(req.NewInputs, "assetPaths", "archivePaths"); failures != nil {
		return infer.CheckResponse[CommandArgs]{Failures: failures}, nil
	}
	inputs, failures, err := infer.DefaultCheck[CommandArgs](ctx, req.NewInputs)
	return infer.CheckResponse[CommandArgs]{Inputs: inputs, Failures: failures}, err
}

// Create runs `create`.
func (*Command) Create(
	ctx context.Context, req infer.CreateRequest[CommandArgs],
) (infer.CreateResponse[CommandState], error) {
	state := CommandState{CommandArgs: req.Inputs}
	id, err := resource.NewUniqueHex(req.Name, 8, 0)
	if err == nil && !req.DryRun {
		state.Outputs, err = state.run(ctx, state.Create)
	}
	return infer.CreateResponse[CommandState]{ID: id, Output: state}, err
}

// Update runs `update`, or `create` again.
func (*Command) Update(
	ctx context.Context, req infer.UpdateRequest[CommandArgs, CommandState],
) (infer.UpdateResponse[CommandState], error) {
	state := CommandState{CommandArgs: req.Inputs, Outputs: req.State.Outputs}
	var err error
	if !req.DryRun {
		state.Outputs, err = state.run(ctx, state.OnUpdate())
	}
	return infer.UpdateResponse[CommandState]{Output: state}, err
}

// Delete runs `delete`.
func (*Command) Delete(ctx context.Context, req infer.DeleteRequest[CommandState]) (infer.DeleteResponse, error) {
	_, err := req.State.run(ctx, req.State.Delete)
	return infer.DeleteResponse{}, err
}

func (s CommandState) run(ctx context.Context, command *string) (shell.Outputs, error) {
	return s.Inputs.Run(ctx, command, s.Outputs, shell.LoggingOf(s.Logging), s.runHere)
}
