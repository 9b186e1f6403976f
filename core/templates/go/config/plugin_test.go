package main

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"

	gen "github.com/osquery/osquery-go/gen/osquery"
)

// queries asks for the configuration as an agent does.
func queries(t *testing.T) map[string]query {
	t.Helper()
	answer := exampleName().Call(context.Background(), gen.ExtensionPluginRequest{"action": "genConfig"})
	var read struct{ Schedule map[string]query }
	if err := json.Unmarshal([]byte(answer.Response[0]["example_name"]), &read); err != nil {
		t.Fatal(err)
	}
	return read.Schedule
}

func TestWhatIsAskedDependsOnTheMachine(t *testing.T) {
	shellsPath = filepath.Join(t.TempDir(), "nowhere")
	if found := queries(t); len(found) != 1 {
		t.Errorf("%v instead of one query", found)
	}
	shellsPath = t.TempDir()
	if found := queries(t); len(found) != 2 {
		t.Errorf("%v instead of two queries", found)
	}
}
