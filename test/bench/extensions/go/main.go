// Serves the table that is measured, with osquery-go.
package main

import (
	"context"
	"flag"
	"log"
	"strconv"
	"time"

	"github.com/osquery/osquery-go"
	"github.com/osquery/osquery-go/plugin/table"
)

var columns = []table.ColumnDefinition{
	table.IntegerColumn("a"), table.IntegerColumn("b"), table.IntegerColumn("c"),
	table.DoubleColumn("d"), table.BigIntColumn("e"),
	table.TextColumn("s1"), table.TextColumn("s2"), table.TextColumn("s3"), table.TextColumn("s4"), table.TextColumn("s5"),
}

func row(i int) map[string]string {
	return map[string]string{
		"a": strconv.Itoa(i), "b": strconv.Itoa(i * 2), "c": strconv.Itoa(i % 7),
		"d": strconv.Itoa(i) + ".5", "e": strconv.Itoa(1_700_000_000 + i),
		"s1": "/usr/bin/proc" + strconv.Itoa(i), "s2": "root", "s3": "S",
		"s4": "some longer command line --flag=" + strconv.Itoa(i), "s5": "",
	}
}

func main() {
	socket := flag.String("socket", "", "socket of the agent")
	flag.Parse()
	rows := make([]map[string]string, 100_000)
	for i := range rows {
		rows[i] = row(i)
	}
	server, err := osquery.NewExtensionManagerServer("go", *socket, osquery.ServerTimeout(20*time.Second))
	if err != nil {
		log.Fatal(err)
	}
	server.RegisterPlugin(table.NewPlugin("go_many", columns,
		func(context.Context, table.QueryContext) ([]map[string]string, error) { return rows, nil }))
	if err := server.Run(); err != nil {
		log.Fatal(err)
	}
}
