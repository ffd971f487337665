package remote

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"golang.org/x/crypto/ssh"

	"trading-bot-server/sandbox/toolchain/offline/resource-command/shell"
)

const acceptEnv = "sshd takes a variable only if its AcceptEnv allows it; " +
	"in a shell, `NAME=value command` does without"

func (c *Connection) run(ctx context.Context, job shell.Job) (shell.Outputs, error) {
	client, err := c.dial(ctx)
	if err != nil {
		return shell.Outputs{}, err
	}
	defer func() { _ = client.Close() }()
	session, err := client.NewSession()
	if err != nil {
		return shell.Outputs{}, err
	}
	// A session knows no context. A server that doesn't notice the closed connection may react to the signal.
	stop := context.AfterFunc(ctx, func() {
		_ = session.Signal(ssh.SIGTERM)
		_ = client.Close()
	})
	defer stop()
	if err := setVariables(ctx, session, job); err != nil {
		return shell.Outputs{}, err
	}
	if job.Stdin != "" {
		session.Stdin = strings.NewReader(job.Stdin)
	}
	capture := shell.NewCapture(ctx, job.Logging)
	session.Stdout = capture.Stdout()
	session.Stderr = capture.Stderr()
	err = session.Run(job.Command)
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return capture.Finish(job.Command, err)
}

func setVariables(ctx context.Context, session *ssh.Session, job shell.Job) error {
	for _, name := range slices.Sorted(maps.Keys(job.Environment)) {
		if err := session.Setenv(name, job.Environment[name]); err != nil {
			return fmt.Errorf("could not set environment variable %q: %w (%s)", name, err, acceptEnv)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(job.Previous)) {
		if err := session.Setenv(name, job.Previous[name]); err != nil {
			p.GetLogger(ctx).Warningf("Unable to set %q: %s.", name, acceptEnv)
		}
	}
	return nil
}
