package main

import (
	"context"
	"errors"
	"os"

	"github.com/osquery/osquery-go/plugin/logger"
)

func path() string {
	if value := os.Getenv("EXAMPLE_NAME_FILE"); value != "" {
		return value
	}
	return "/tmp/example-name.log"
}

// exampleName is chosen with --logger_plugin=example_name. It appends each line to a file.
func exampleName() *logger.Plugin {
	return logger.NewPlugin("example_name", appendLine)
}

// appendLine delivers a line. With an error the agent keeps it and sends it again.
func appendLine(_ context.Context, kind logger.LogType, line string) error {
	if kind == logger.LogTypeInit {
		return nil // the agent introduces itself
	}
	file, err := os.OpenFile(path(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(line + "\n")
	return errors.Join(err, file.Close())
}
