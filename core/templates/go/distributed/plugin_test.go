package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gen "github.com/osquery/osquery-go/gen/osquery"
)

// ask asks the plugin as an agent does.
func ask(t *testing.T, request gen.ExtensionPluginRequest) gen.ExtensionPluginResponse {
	t.Helper()
	answer := exampleName().Call(context.Background(), request)
	if answer.Status.Code != 0 {
		t.Fatal(answer.Status.Message)
	}
	return answer.Response
}

func TestQueriesAreGivenOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "queries.json")
	t.Setenv("EXAMPLE_NAME_FILE", file)
	if err := os.WriteFile(file, []byte(`{"queries":{"who":"select * from users"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	first := ask(t, gen.ExtensionPluginRequest{"action": "getQueries"})[0]["results"]
	second := ask(t, gen.ExtensionPluginRequest{"action": "getQueries"})[0]["results"]
	if !strings.Contains(first, "select * from users") || strings.Contains(second, "select") {
		t.Error(first, second)
	}
}

func TestResultsAreAppended(t *testing.T) {
	file := filepath.Join(t.TempDir(), "queries.json")
	t.Setenv("EXAMPLE_NAME_FILE", file)
	results := `{"queries":{"who":[{"username":"root"}]},"statuses":{"who":0}}`
	ask(t, gen.ExtensionPluginRequest{"action": "writeResults", "results": results})
	if text, err := os.ReadFile(file + ".results"); !strings.Contains(string(text), "root") {
		t.Error(string(text), err)
	}
}
