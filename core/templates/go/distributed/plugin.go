package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	"github.com/osquery/osquery-go/plugin/distributed"
)

func path() string {
	if value := os.Getenv("EXAMPLE_NAME_FILE"); value != "" {
		return value
	}
	return "/tmp/example-name.json"
}

// exampleName is chosen with --distributed_plugin=example_name. Put {"queries": {"who": "select * from users"}} into the file.
func exampleName() *distributed.Plugin {
	return distributed.NewPlugin("example_name", getQueries, writeResults)
}

// getQueries takes the queries out of the file, so that they run once.
func getQueries(context.Context) (*distributed.GetQueriesResult, error) {
	wanted := &distributed.GetQueriesResult{Queries: map[string]string{}}
	text, err := os.ReadFile(path())
	if errors.Is(err, fs.ErrNotExist) {
		return wanted, nil
	}
	if err != nil {
		return nil, err
	}
	return wanted, errors.Join(json.Unmarshal(text, wanted), os.Remove(path()))
}

// writeResults appends results to a file beside the queries.
func writeResults(_ context.Context, results []distributed.Result) error {
	file, err := os.OpenFile(path()+".results", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(json.NewEncoder(file).Encode(results), file.Close())
}
