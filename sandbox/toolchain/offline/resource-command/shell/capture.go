package shell

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	p "github.com/pulumi/pulumi-go-provider"
)

// Capture keeps what a command writes, and shows it line by line while it is written.
type Capture struct {
	// Both streams are written at the same time, each by its own goroutine.
	mutex          sync.Mutex
	stdout, stderr *stream
	both           bytes.Buffer
}

type stream struct {
	capture *Capture
	written bytes.Buffer
	// show is nil for a stream that isn't shown.
	show func(line string)
	// unshown is the beginning of a line that isn't complete yet.
	unshown []byte
}

// NewCapture starts to capture a job's output.
func NewCapture(ctx context.Context, logging Logging) *Capture {
	capture := &Capture{}
	capture.stdout = &stream{capture: capture}
	capture.stderr = &stream{capture: capture}
	if logging.showsStdout() {
		capture.stdout.show = p.GetLogger(ctx).InfoStatus
	}
	if logging.showsStderr() {
		capture.stderr.show = p.GetLogger(ctx).InfoStatus
	}
	return capture
}

// Stdout takes the command's standard output.
func (c *Capture) Stdout() io.Writer { return c.stdout }

// Stderr takes the command's standard error.
func (c *Capture) Stderr() io.Writer { return c.stderr }

// Finish says how the command ended. The error of a command that failed holds the command line and all of its
// output, whatever its logging, as with the official provider: programs must expect that.
func (c *Capture) Finish(command string, failure error) (Outputs, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.stdout.showRest()
	c.stderr.showRest()
	if failure != nil {
		return Outputs{}, fmt.Errorf("%w: running %q:\n%s", failure, command, c.both.String())
	}
	return Outputs{Stdout: c.stdout.text(), Stderr: c.stderr.text()}, nil
}

func (s *stream) text() string { return strings.TrimSuffix(s.written.String(), "\n") }

// Write never fails: memory is the only limit.
func (s *stream) Write(chunk []byte) (int, error) {
	s.capture.mutex.Lock()
	defer s.capture.mutex.Unlock()
	s.written.Write(chunk)
	s.capture.both.Write(chunk)
	if s.show != nil {
		s.showLines(chunk)
	}
	return len(chunk), nil
}

func (s *stream) showLines(chunk []byte) {
	s.unshown = append(s.unshown, chunk...)
	for {
		line, rest, found := bytes.Cut(s.unshown, []byte("\n"))
		if !found {
			return
		}
		s.show(string(bytes.TrimSuffix(line, []byte("\r"))))
		s.unshown = rest
	}
}

func (s *stream) showRest() {
	if len(s.unshown) > 0 {
		s.show(string(s.unshown))
		s.unshown = nil
	}
}
