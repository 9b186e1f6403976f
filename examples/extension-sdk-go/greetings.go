package main

import (
	"context"
	"fmt"
	"iter"

	outpost "example.org/outpost/sdk-go"
)

// greetings answers `select * from sdk_go_greetings where name in ('you', 'me')`.
var greetings = &outpost.Table{
	Name:        "sdk_go_greetings",
	Description: "Greetings, one for each name that is asked for.",
	Columns: []outpost.Column{
		{Name: "name", Type: outpost.Text, Description: "Who is greeted", Options: outpost.Index | outpost.Optimized},
		{Name: "greeting", Type: outpost.Text, Description: "The words"},
		{Name: "length", Type: outpost.Integer, Description: "Their length"},
	},
	Generate: func(_ context.Context, scan *outpost.Scan) iter.Seq2[outpost.Row, error] {
		return func(yield func(outpost.Row, error) bool) {
			names, asked := scan.Equals("name")
			if !asked {
				names = []any{"world"}
			}
			for _, name := range names {
				greeting := fmt.Sprintf("Hello, %v!", name)
				if !yield(outpost.Row{"name": name, "greeting": greeting, "length": len(greeting)}, nil) {
					return
				}
			}
		}
	},
}
