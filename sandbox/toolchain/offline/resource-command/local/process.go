package local

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"trading-bot-server/sandbox/toolchain/offline/resource-command/shell"
)

// How long a cancelled command may take to end by itself.
const grace = 5 * time.Second

func (in CommandArgs) runHere(ctx context.Context, job shell.Job) (shell.Outputs, error) {
	args := append(in.interpreter(), job.Command)
	process := exec.CommandContext(ctx, args[0], args[1:]...)
	if in.Dir != nil {
		// Without this, the error would say that the shell is missing.
		if _, err := os.Stat(*in.Dir); err != nil {
			return shell.Outputs{}, fmt.Errorf("the folder to run %q in: %w", job.Command, err)
		}
		process.Dir = *in.Dir
	}
	// The last value of a variable counts, so the program's values override those of this process.
	process.Env = slices.Concat(os.Environ(), assignments(job.Environment), assignments(job.Previous))
	if job.Stdin != "" {
		process.Stdin = strings.NewReader(job.Stdin)
	}
	endAll(process)

	capture := shell.NewCapture(ctx, job.Logging)
	process.Stdout = capture.Stdout()
	process.Stderr = capture.Stderr()
	err := process.Run()
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return capture.Finish(job.Command, err)
}

func (in CommandArgs) interpreter() []string {
	if in.Interpreter != nil && len(*in.Interpreter) > 0 {
		return slices.Clone(*in.Interpreter)
	}
	return []string{"/bin/sh", "-c"}
}

func assignments(variables map[string]string) []string {
	var assignments []string
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		assignments = append(assignments, name+"="+variables[name])
	}
	return assignments
}

// endAll makes a cancellation also reach the shell's children: ending only the shell would leave them running.
func endAll(process *exec.Cmd) {
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	process.Cancel = func() error { return syscall.Kill(-process.Process.Pid, syscall.SIGTERM) }
	process.WaitDelay = grace
}
