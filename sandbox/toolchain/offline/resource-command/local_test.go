package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const localCommand = "command:local:Command"

func TestLocalKeepsBothOutputsWithoutTheLastLineBreak(t *testing.T) {
	state := newEngine(t, localCommand).mustCreate(object{"create": "printf 'a\\n\\n'; echo b >&2"})
	equal(t, text(t, state, "stdout"), "a\n")
	equal(t, text(t, state, "stderr"), "b")
}

func TestLocalReadsItsInput(t *testing.T) {
	state := newEngine(t, localCommand).mustCreate(object{"create": "wc -c", "stdin": "12345"})
	equal(t, text(t, state, "stdout"), "5")
}

func TestLocalRunsWhereAndHowItIsTold(t *testing.T) {
	folder, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	state := newEngine(t, localCommand).mustCreate(object{
		"create":      `echo "$0 $NAME"; pwd`,
		"interpreter": []any{"/bin/bash", "-c"},
		"environment": object{"NAME": "value"},
		"dir":         folder,
	})
	equal(t, text(t, state, "stdout"), "/bin/bash value\n"+folder)
}

func TestLocalWithoutACommandDoesNothing(t *testing.T) {
	engine := newEngine(t, localCommand)
	state := engine.mustCreate(object{"delete": "true"})
	equal(t, text(t, state, "stdout"), "")
}

func TestLocalRunsNothingInAPreview(t *testing.T) {
	engine := newEngine(t, localCommand)
	file := filepath.Join(t.TempDir(), "file")
	inputs := engine.check(object{"create": "touch " + file})
	response, err := engine.provider.Create(p.CreateRequest{Urn: engine.urn, Properties: inputs, DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the command ran")
	}
	if !response.Properties.Get("stdout").IsComputed() {
		t.Errorf("stdout is known before the command ran: %v", response.Properties.Get("stdout"))
	}
}

func TestLocalFailureShowsTheCommandAndAllOfItsOutput(t *testing.T) {
	_, err := newEngine(t, localCommand).create(object{"create": "echo out; echo err >&2; exit 3", "logging": "none"})
	if err == nil {
		t.Fatal("no error")
	}
	contains(t, err.Error(), `exit status 3: running "echo out; echo err >&2; exit 3":`)
	contains(t, err.Error(), "out\n")
	contains(t, err.Error(), "err\n")
}

func TestLocalFailsInAFolderThatIsNotThere(t *testing.T) {
	_, err := newEngine(t, localCommand).create(object{"create": "true", "dir": "/does/not/exist"})
	if err == nil {
		t.Fatal("no error")
	}
	contains(t, err.Error(), "/does/not/exist")
}

func TestLocalShowsWhatItsLoggingSays(t *testing.T) {
	for logging, want := range map[string]string{
		"stdoutAndStderr": "out err", "stdout": "out", "stderr": "err", "none": "",
	} {
		t.Run(logging, func(t *testing.T) {
			watched := watch(t)
			// Without a line break at the end, and with the order of the streams made certain.
			newEngine(t, localCommand).mustCreate(object{
				"create": "printf out; exec >&-; sleep 0.05; printf err >&2", "logging": logging,
			})
			lines := watched.text()
			for _, stream := range []string{"out", "err"} {
				equal(t, strings.Contains(lines, stream), strings.Contains(want, stream))
			}
		})
	}
}

func TestLocalRefusesWhatItLeavesOut(t *testing.T) {
	failures := newEngine(t, localCommand).failures(object{"create": "true", "assetPaths": []any{"*"}})
	equal(t, len(failures), 1)
	equal(t, failures[0].Property, "assetPaths")
	contains(t, failures[0].Reason, "leaves this out")
}

func TestLocalKeepsSecretsSecret(t *testing.T) {
	state := newEngine(t, localCommand).mustCreate(object{
		"create": "cat", "stdin": resource.MakeSecret(resource.NewStringProperty("canary")),
	})
	equal(t, state.Get("stdin").Secret(), true)
	// As in the official provider: a command's output isn't a secret just because its input is.
	equal(t, state.Get("stdout").Secret(), false)
}

func TestLocalShowsALineThatIsLongerThanAnyBuffer(t *testing.T) {
	state := newEngine(t, localCommand).mustCreate(object{"create": "head -c 300000 /dev/zero | tr '\\0' x"})
	equal(t, len(text(t, state, "stdout")), 300000)
}
