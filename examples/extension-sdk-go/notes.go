package main

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"

	outpost "example.org/outpost/sdk-go"
)

// notes are the rows of a table that can be written. Calls run side by side.
type notes struct {
	mutex sync.Mutex
	rows  map[int64]outpost.Row
	last  int64
}

func newNotes() *outpost.Table {
	n := &notes{rows: map[int64]outpost.Row{}}
	return &outpost.Table{
		Name: "sdk_go_notes",
		Columns: []outpost.Column{
			{Name: "title", Type: outpost.Text, Description: "What it is about"},
			{Name: "stars", Type: outpost.Integer, Description: "How much it matters"},
		},
		Generate: n.generate,
		Writer:   &outpost.Writer{Insert: n.insert, Update: n.update, Delete: n.delete},
	}
}

// generate gives each row its id, by which the agent names it in `update` and `delete`.
func (n *notes) generate(context.Context, *outpost.Scan) iter.Seq2[outpost.Row, error] {
	return func(yield func(outpost.Row, error) bool) {
		n.mutex.Lock()
		rows := maps.Clone(n.rows)
		n.mutex.Unlock()
		for _, id := range slices.Sorted(maps.Keys(rows)) {
			if !yield(outpost.Row{"rowid": id, "title": rows[id]["title"], "stars": rows[id]["stars"]}, nil) {
				return
			}
		}
	}
}

func (n *notes) conflict(row outpost.Row, except int64) error {
	for id, known := range n.rows {
		if id != except && known["title"] == row["title"] {
			return outpost.Conflict(fmt.Sprintf("There is a note %v already.", row["title"]))
		}
	}
	return nil
}

func (n *notes) insert(_ context.Context, row outpost.Row, asked *int64) (int64, error) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if err := n.conflict(row, 0); err != nil {
		return 0, err
	}
	n.last++
	if asked != nil {
		n.last = *asked
	}
	n.rows[n.last] = row
	return n.last, nil
}

func (n *notes) update(_ context.Context, id int64, row outpost.Row, newID int64) error {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if err := n.conflict(row, id); err != nil {
		return err
	}
	delete(n.rows, id)
	n.rows[newID] = row
	return nil
}

func (n *notes) delete(_ context.Context, id int64) error {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	delete(n.rows, id)
	return nil
}
