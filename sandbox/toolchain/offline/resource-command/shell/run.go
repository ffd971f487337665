package shell

import "context"

// In these variables, a delete or an update gets the output of the last run.
const (
	stdoutVariable = "PULUMI_COMMAND_STDOUT"
	stderrVariable = "PULUMI_COMMAND_STDERR"
)

// Job is one command line with its inputs.
type Job struct {
	Command string
	// Stdin is empty if there is nothing to read. A program can't distinguish an empty input from no input.
	Stdin string
	// Environment is required: the job fails if a host refuses one of the variables.
	Environment map[string]string
	// Previous is optional: a host may refuse it.
	Previous map[string]string
	Logging  Logging
}

// Runner runs a job: on this machine, or over SSH.
type Runner func(context.Context, Job) (Outputs, error)

// OnUpdate is the command line that runs after a change.
func (in Inputs) OnUpdate() *string {
	if in.Update != nil {
		return in.Update
	}
	return in.Create
}

// Run runs a command line with these inputs. Without one, nothing runs, and the output of the last run stays.
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
