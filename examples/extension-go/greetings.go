package main

import (
	"context"
	"strconv"

	"github.com/osquery/osquery-go/plugin/table"
)

// greetings answers `select * from go_greetings where name in ('you', 'me')`.
func greetings() *table.Plugin {
	columns := []table.ColumnDefinition{
		table.TextColumn("name"), table.TextColumn("greeting"), table.IntegerColumn("length"),
	}
	return table.NewPlugin("go_greetings", columns, func(_ context.Context, query table.QueryContext) ([]map[string]string, error) {
		rows := []map[string]string{}
		for _, name := range equalTo(query, "name", "world") {
			greeting := "Hello, " + name + "!"
			rows = append(rows, map[string]string{
				"name": name, "greeting": greeting, "length": strconv.Itoa(len(greeting)),
			})
		}
		return rows, nil
	})
}

// equalTo gives the values that the query asks for in a column. The agent checks every row again, so a table may ignore
// what is asked; but it can spare itself work.
func equalTo(query table.QueryContext, column, otherwise string) []string {
	var values []string
	for _, constraint := range query.Constraints[column].Constraints {
		if constraint.Operator == table.OperatorEquals {
			values = append(values, constraint.Expression)
		}
	}
	if len(values) == 0 {
		return []string{otherwise}
	}
	return values
}
