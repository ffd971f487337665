package main

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/blang/semver"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// engine calls the provider as the Pulumi engine does, for one resource.
type engine struct {
	t        *testing.T
	provider integration.Server
	urn      resource.URN
}

func newEngine(t *testing.T, token string) *engine {
	t.Helper()
	// A test of this machine must not depend on who runs it.
	t.Setenv("SSH_AUTH_SOCK", "")
	provider, err := integration.NewServer(t.Context(), "command", semver.MustParse("1.2.1"),
		integration.WithProvider(newProvider()))
	if err != nil {
		t.Fatal(err)
	}
	urn := resource.URN("urn:pulumi:stack::project::" + token + "::name")
	return &engine{t, provider, urn}
}

type object = map[string]any

func properties(values object) property.Map {
	return resource.FromResourcePropertyMap(resource.NewPropertyMapFromMap(values))
}

// check fails the test if the inputs are refused.
func (e *engine) check(inputs object) property.Map {
	e.t.Helper()
	failures := e.failures(inputs)
	if len(failures) > 0 {
		e.t.Fatalf("refused: %v", failures)
	}
	response, err := e.provider.Check(p.CheckRequest{Urn: e.urn, Inputs: properties(inputs)})
	if err != nil {
		e.t.Fatal(err)
	}
	return response.Inputs
}

func (e *engine) failures(inputs object) []p.CheckFailure {
	e.t.Helper()
	response, err := e.provider.Check(p.CheckRequest{Urn: e.urn, Inputs: properties(inputs)})
	if err != nil {
		e.t.Fatal(err)
	}
	return response.Failures
}

func (e *engine) create(inputs object) (property.Map, error) {
	e.t.Helper()
	response, err := e.provider.Create(p.CreateRequest{Urn: e.urn, Properties: e.check(inputs)})
	return response.Properties, err
}

func (e *engine) mustCreate(inputs object) property.Map {
	e.t.Helper()
	state, err := e.create(inputs)
	if err != nil {
		e.t.Fatal(err)
	}
	return state
}

func (e *engine) diff(state property.Map, inputs object) p.DiffResponse {
	e.t.Helper()
	response, err := e.provider.Diff(p.DiffRequest{ID: "id", Urn: e.urn, State: state, Inputs: e.check(inputs)})
	if err != nil {
		e.t.Fatal(err)
	}
	return response
}

func (e *engine) update(state property.Map, inputs object) (property.Map, error) {
	e.t.Helper()
	response, err := e.provider.Update(p.UpdateRequest{ID: "id", Urn: e.urn, State: state, Inputs: e.check(inputs)})
	return response.Properties, err
}

func (e *engine) delete(state property.Map) error {
	return e.provider.Delete(p.DeleteRequest{ID: "id", Urn: e.urn, Properties: state})
}

// replaces says whether a change replaces the resource: as the engine does, by the kinds of the single changes.
func replaces(diff p.DiffResponse) bool {
	for _, change := range diff.DetailedDiff {
		switch change.Kind {
		case p.AddReplace, p.DeleteReplace, p.UpdateReplace:
			return true
		case p.Add, p.Delete, p.Update, p.Stable:
		}
	}
	return false
}

func text(t *testing.T, state property.Map, name string) string {
	t.Helper()
	value := state.Get(name)
	if !value.IsString() {
		t.Fatalf("%s is %v", name, value)
	}
	return value.AsString()
}

// shown collects what the provider shows while it works: without an engine, it goes to the default logger.
type shown struct {
	mutex sync.Mutex
	lines []string
}

func watch(t *testing.T) *shown {
	watched := &shown{}
	before := slog.Default()
	slog.SetDefault(slog.New(watched))
	t.Cleanup(func() { slog.SetDefault(before) })
	return watched
}

func (s *shown) text() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return strings.Join(s.lines, "\n")
}

func (s *shown) Handle(_ context.Context, record slog.Record) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.lines = append(s.lines, record.Message)
	return nil
}

func (s *shown) Enabled(context.Context, slog.Level) bool { return true }
func (s *shown) WithAttrs([]slog.Attr) slog.Handler       { return s }
func (s *shown) WithGroup(string) slog.Handler            { return s }

func contains(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("%q lacks %q", text, part)
	}
}

func lacks(t *testing.T, text, part string) {
	t.Helper()
	if strings.Contains(text, part) {
		t.Errorf("%q has %q", text, part)
	}
}

func equal[T comparable](t *testing.T, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// soon waits for a condition, and fails the test if it never comes.
func soon(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for start := time.Now(); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Since(start) > 10*time.Second {
			t.Fatalf("never: %s", what)
		}
	}
}
