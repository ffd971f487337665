package shell

import "context"

// A delete or an update finds what the last run wrote in these.
const (
	stdoutVariable = "PULUMI_COMMAND_STDOUT"
	stderrVariable = "PULUMI_COMMAND_STDERR"
)

// Job is one command line with all that it is given.
type Job struct {
	Command string
	// Stdin is empty when there is nothing to read: a program that needs to tell an empty input from none can't.
	Stdin string
	// Environment was asked for, so a host that refuses a variable of it fails the job.
	Environment map[string]string
	// Previous is offered by the provider, so a host may refuse it.
	Previous map[string]string
	Logging  Logging
}

// Runner runs a job: on this machine, or over SSH.
type Runner func(context.Context, Job) (Outputs, error)

// OnUpdate is the command line that answers a change.
func (in Inputs) OnUpdate() *string {
	if in.Update != nil {
		return in.Update
	}
	return in.Create
}

// Run runs a command line with these inputs. Without one nothing runs, and what the last run wrote stays.
func (in Inputs) Run(ctx context.Context, command *string, last Outputs, logging Logging, run Runner) (Outputs, error) {
	if command == nil {
		return last, nil
	}
	job := Job{Command: *command, Logging: logging}
	if in.Stdin != nil {
		job.Stdin = *in.Stdin
	}
	if in.Environment != nil {
		job.Environment = *in.Environment
	}
	if in.AddPreviousOutputInEnv == nil || *in.AddPreviousOutputInEnv {
		job.Previous = last.variables()
	}
	return run(ctx, job)
}

func (out Outputs) variables() map[string]string {
	variables := map[string]string{}
	if out.Stdout != "" {
		variables[stdoutVariable] = out.Stdout
	}
	if out.Stderr != "" {
		variables[stderrVariable] = out.Stderr
	}
	return variables
}
