// An extension in Go on version 2 of the protocol: two tables, a configuration, a logger and live queries.
package main

import outpost "example.org/outpost/sdk-go"

func main() {
	outpost.Serve("example_sdk_go", "1.0.0", greetings, newNotes(), fileConfig, fileLogger, fileQueries)
}
