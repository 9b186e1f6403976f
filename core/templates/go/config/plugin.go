package main

import (
	"context"
	"encoding/json"
	"os"

	"github.com/osquery/osquery-go/plugin/config"
)

// shellsPath decides whether the shells are watched.
var shellsPath = "/etc/shells"

type query struct {
	Query    string `json:"query"`
	Interval int    `json:"interval"`
}

// exampleName is chosen with --config_plugin=example_name. Its schedule is made up on the spot.
func exampleName() *config.Plugin {
	return config.NewPlugin("example_name", generate)
}

func generate(context.Context) (map[string]string, error) {
	schedule := map[string]query{"uptime": {"select total_seconds from uptime", 60}}
	if _, err := os.Stat(shellsPath); err == nil {
		schedule["shells"] = query{"select path, size from file where path = '/etc/shells'", 3600}
	}
	text, err := json.Marshal(map[string]any{"schedule": schedule})
	return map[string]string{"example_name": string(text)}, err
}
