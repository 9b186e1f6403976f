package main

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	gen "github.com/osquery/osquery-go/gen/osquery"
)

// rows asks the table as an agent does.
func rows(t *testing.T) []map[string]string {
	t.Helper()
	answer := exampleName().Call(context.Background(), gen.ExtensionPluginRequest{"action": "generate", "context": "{}"})
	if answer.Status.Code != 0 {
		t.Fatal(answer.Status.Message)
	}
	return answer.Response
}

func TestEachProgramIsARowWithItsLine(t *testing.T) {
	shellsPath = filepath.Join(t.TempDir(), "shells")
	if err := os.WriteFile(shellsPath, []byte("# login shells\n/bin/sh\n\n/bin/bash\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	wanted := []map[string]string{{"path": "/bin/sh", "line": "2"}, {"path": "/bin/bash", "line": "4"}}
	if found := rows(t); !reflect.DeepEqual(found, wanted) {
		t.Errorf("%v instead of %v", found, wanted)
	}
}

func TestAMachineWithoutTheFileHasNoRows(t *testing.T) {
	shellsPath = filepath.Join(t.TempDir(), "nowhere")
	if found := rows(t); len(found) != 0 {
		t.Errorf("%v instead of no rows", found)
	}
}
