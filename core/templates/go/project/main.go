// Serves example_name: the program that an agent starts.
package main

import (
	"flag"
	"log"
	"time"

	"github.com/osquery/osquery-go"
)

func seconds(name string, otherwise int, usage string) *time.Duration {
	duration := time.Duration(otherwise) * time.Second
	flag.Func(name, usage, func(text string) (err error) {
		duration, err = time.ParseDuration(text + "s")
		return err
	})
	return &duration
}

func main() {
	log.SetFlags(0) // the agent adds the time
	socket := flag.String("socket", "", "socket of the agent")
	timeout := seconds("timeout", 3, "how many seconds to wait for the agent, and for each of its answers")
	interval := seconds("interval", 3, "how often to ask whether the agent is still there, in seconds")
	flag.Bool("verbose", false, "every extension is told when the agent is verbose")
	flag.Parse()

	server, err := osquery.NewExtensionManagerServer("example_name", *socket,
		osquery.ExtensionVersion("0.1.0"), osquery.ServerTimeout(*timeout), osquery.ServerPingInterval(*interval))
	if err != nil {
		log.Fatalf("The agent cannot be reached at %q: %v", *socket, err)
	}
	server.RegisterPlugin(exampleName())
	if err := server.Run(); err != nil {
		log.Fatalf("The extension ends: %v", err)
	}
}
