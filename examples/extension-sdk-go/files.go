package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	outpost "example.org/outpost/sdk-go"
)

func path(variable, otherwise string) string {
	if value := os.Getenv(variable); value != "" {
		return value
	}
	return otherwise
}

// fileConfig is chosen with --config_plugin=sdk_go_file.
var fileConfig = &outpost.Config{
	Name: "sdk_go_file",
	Generate: func(context.Context) (map[string]string, error) {
		file := path("CONFIG_FILE", "/etc/outpost/outpost.conf")
		text, err := os.ReadFile(file)
		return map[string]string{file: string(text)}, err
	},
}

// fileLogger is chosen with --logger_plugin=sdk_go_file. What fails is kept by the agent and sent again.
var fileLogger = &outpost.Logger{
	Name: "sdk_go_file",
	Deliver: func(_ context.Context, lines []outpost.LogLine) (int, error) {
		file, err := os.OpenFile(path("LOGGER_FILE", "/var/log/outpost-sdk-go.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return 0, err
		}
		for written, line := range lines {
			if _, err := file.WriteString(line.Text + "\n"); err != nil {
				return written, errors.Join(err, file.Close())
			}
		}
		return len(lines), file.Close()
	},
}

// fileQueries is chosen with --distributed_plugin=sdk_go_file. It takes {"queries": {"who": "select * from users"}} from a file and
// writes the results beside it.
var fileQueries = &outpost.Distributed{
	Name: "sdk_go_file",
	Queries: func(context.Context) (json.RawMessage, error) {
		text, err := os.ReadFile(queriesFile)
		if errors.Is(err, fs.ErrNotExist) {
			return json.RawMessage(`{"queries":{}}`), nil
		}
		return text, errors.Join(err, os.Remove(queriesFile))
	},
	Results: func(_ context.Context, results json.RawMessage) error {
		came, err := cameOf(results)
		if err != nil {
			return err
		}
		if err := os.WriteFile(queriesFile+".part", came, 0o600); err != nil {
			return err
		}
		return os.Rename(queriesFile+".part", queriesFile+".results")
	},
}

// came is what came of one query; one that failed has a status other than 0.
type came struct {
	Name   string              `json:"query_name"`
	Status int                 `json:"status"`
	Rows   []map[string]string `json:"rows"`
}

// cameOf puts together what the agent says by the names of queries.
func cameOf(results json.RawMessage) ([]byte, error) {
	var said struct {
		Queries  map[string]json.RawMessage
		Statuses map[string]int
	}
	if err := json.Unmarshal(results, &said); err != nil {
		return nil, err
	}
	var all []came
	for name, rows := range said.Queries {
		one := came{Name: name, Status: said.Statuses[name]}
		if err := json.Unmarshal(rows, &one.Rows); err != nil && one.Status == 0 {
			return nil, err
		}
		all = append(all, one)
	}
	return json.Marshal(all)
}

var queriesFile = path("QUERIES_FILE", "/tmp/outpost-queries.json")
