package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	gen "github.com/osquery/osquery-go/gen/osquery"
)

// deliver gives a line to the logger as an agent does, and returns the status code.
func deliver(kind, line string) int32 {
	return exampleName().Call(context.Background(), gen.ExtensionPluginRequest{kind: line}).Status.Code
}

func TestLinesAreAppendedInTheirOrder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lines")
	t.Setenv("EXAMPLE_NAME_FILE", file)
	if deliver("string", `{"n":1}`) != 0 || deliver("snapshot", `{"n":2}`) != 0 {
		t.Fatal("a line was not delivered")
	}
	if text, err := os.ReadFile(file); string(text) != "{\"n\":1}\n{\"n\":2}\n" {
		t.Error(string(text), err)
	}
}

func TestALineThatCannotBeWrittenIsNotDelivered(t *testing.T) {
	t.Setenv("EXAMPLE_NAME_FILE", filepath.Join(t.TempDir(), "no", "such", "directory"))
	if deliver("string", "{}") == 0 {
		t.Error("it says that the line was delivered")
	}
}
