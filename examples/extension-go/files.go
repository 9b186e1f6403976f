package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	"github.com/osquery/osquery-go/plugin/config"
	"github.com/osquery/osquery-go/plugin/distributed"
	"github.com/osquery/osquery-go/plugin/logger"
)

func path(variable, otherwise string) string {
	if value := os.Getenv(variable); value != "" {
		return value
	}
	return otherwise
}

// fileConfig is chosen with --config_plugin=go_file.
func fileConfig() *config.Plugin {
	return config.NewPlugin("go_file", func(context.Context) (map[string]string, error) {
		file := path("CONFIG_FILE", "/etc/outpost/outpost.conf")
		text, err := os.ReadFile(file)
		return map[string]string{file: string(text)}, err
	})
}

// fileLogger is chosen with --logger_plugin=go_file. An error makes the agent keep the line and send it again.
func fileLogger() *logger.Plugin {
	return logger.NewPlugin("go_file", func(_ context.Context, kind logger.LogType, line string) error {
		if kind == logger.LogTypeInit {
			return nil // the agent introduces itself
		}
		file, err := os.OpenFile(path("LOGGER_FILE", "/var/log/outpost-go.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		_, err = file.WriteString(line + "\n")
		return errors.Join(err, file.Close())
	})
}

// fileQueries is chosen with --distributed_plugin=go_file. It takes {"queries": {"who": "select * from users"}} from a
// file and writes the results beside it.
func fileQueries() *distributed.Plugin {
	file := path("QUERIES_FILE", "/tmp/outpost-queries.json")
	getQueries := func(context.Context) (*distributed.GetQueriesResult, error) {
		wanted := &distributed.GetQueriesResult{Queries: map[string]string{}}
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			return wanted, nil
		}
		if err != nil {
			return nil, err
		}
		return wanted, errors.Join(json.Unmarshal(text, wanted), os.Remove(file))
	}
	writeResults := func(_ context.Context, results []distributed.Result) error {
		text, err := json.MarshalIndent(results, "", "  ")
		if err != nil {
			return err
		}
		return os.WriteFile(file+".results", text, 0o600)
	}
	return distributed.NewPlugin("go_file", getQueries, writeResults)
}
