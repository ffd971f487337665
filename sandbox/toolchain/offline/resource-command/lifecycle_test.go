package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// What both commands do when something changes; shown on the local one, which needs no server.

func TestNoChangeIsNone(t *testing.T) {
	engine := newEngine(t, localCommand)
	inputs := object{"create": "echo 1", "triggers": []any{"a", object{"b": 1}}, "environment": object{"A": "1"}}
	equal(t, engine.diff(engine.mustCreate(inputs), inputs).HasChanges, false)
}

func TestAChangeIsAnsweredInPlace(t *testing.T) {
	for name, after := range map[string]object{
		"stdin":  {"create": "cat", "stdin": "new"},
		"create": {"create": "echo", "stdin": "old"},
		"secret": {"create": "cat", "stdin": resource.MakeSecret(resource.NewStringProperty("new"))},
	} {
		t.Run(name, func(t *testing.T) {
			engine := newEngine(t, localCommand)
			diff := engine.diff(engine.mustCreate(object{"create": "cat", "stdin": "old"}), after)
			equal(t, diff.HasChanges, true)
			equal(t, replaces(diff), false)
		})
	}
}

func TestAChangedTriggerReplaces(t *testing.T) {
	for name, triggers := range map[string][]any{
		"another value":  {"b", object{"id": "1"}},
		"deep inside":    {"a", object{"id": "2"}},
		"one more":       {"a", object{"id": "1"}, "c"},
		"one less":       {"a"},
		"none":           {},
		"of other types": {1, true},
	} {
		t.Run(name, func(t *testing.T) {
			engine := newEngine(t, localCommand)
			state := engine.mustCreate(object{"create": "true", "triggers": []any{"a", object{"id": "1"}}})
			equal(t, replaces(engine.diff(state, object{"create": "true", "triggers": triggers})), true)
		})
	}
}

func TestTheFirstTriggerReplaces(t *testing.T) {
	engine := newEngine(t, localCommand)
	state := engine.mustCreate(object{"create": "true"})
	equal(t, replaces(engine.diff(state, object{"create": "true", "triggers": []any{"a"}})), true)
}

func TestAnUpdateRunsUpdateOrElseCreate(t *testing.T) {
	engine := newEngine(t, localCommand)
	state := engine.mustCreate(object{"create": "echo created $X", "environment": object{"X": "1"}})

	again, err := engine.update(state, object{"create": "echo created $X", "environment": object{"X": "2"}})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, text(t, again, "stdout"), "created 2")

	updated, err := engine.update(again, object{"create": "echo created", "update": "echo updated"})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, text(t, updated, "stdout"), "updated")
}

func TestAnUpdateAndADeleteFindTheLastOutput(t *testing.T) {
	engine := newEngine(t, localCommand)
	file := filepath.Join(t.TempDir(), "file")
	inputs := object{
		"create": "echo one; echo two >&2",
		"update": `echo "$PULUMI_COMMAND_STDOUT $PULUMI_COMMAND_STDERR"`,
		"delete": `printf %s "$PULUMI_COMMAND_STDOUT" > ` + file,
	}
	state, err := engine.update(engine.mustCreate(inputs), inputs)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, text(t, state, "stdout"), "one two")
	if err := engine.delete(state); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, string(written), "one two")
}

func TestTheLastOutputStaysOutIfAsked(t *testing.T) {
	engine := newEngine(t, localCommand)
	inputs := object{
		"create": "echo one", "update": `echo "[$PULUMI_COMMAND_STDOUT]"`, "addPreviousOutputInEnv": false,
	}
	state, err := engine.update(engine.mustCreate(inputs), inputs)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, text(t, state, "stdout"), "[]")
}

func TestADeleteWithoutACommandDoesNothing(t *testing.T) {
	engine := newEngine(t, localCommand)
	if err := engine.delete(engine.mustCreate(object{"create": "true"})); err != nil {
		t.Fatal(err)
	}
}
