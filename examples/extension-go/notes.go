package main

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"sync"

	gen "github.com/osquery/osquery-go/gen/osquery"
	"github.com/osquery/osquery-go/plugin/table"
)

type note struct {
	title string
	stars int64
}

// notes is a table that can be written. The SDK's tables only answer `generate` and `columns`; the other actions are
// answered here.
type notes struct {
	*table.Plugin
	lock sync.Mutex
	rows map[int64]note
	last int64
}

func newNotes() *notes {
	n := &notes{rows: map[int64]note{}}
	columns := []table.ColumnDefinition{table.TextColumn("title"), table.IntegerColumn("stars")}
	n.Plugin = table.NewPlugin("go_notes", columns, n.generate)
	return n
}

// generate gives each row its `rowid`, by which the agent names it in `update` and `delete`.
func (n *notes) generate(context.Context, table.QueryContext) ([]map[string]string, error) {
	n.lock.Lock()
	defer n.lock.Unlock()
	rows := []map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(n.rows)) {
		row := n.rows[id]
		rows = append(rows, map[string]string{
			"rowid": strconv.FormatInt(id, 10), "title": row.title, "stars": strconv.FormatInt(row.stars, 10),
		})
	}
	return rows, nil
}

// Call is what the agent calls.
func (n *notes) Call(ctx context.Context, request gen.ExtensionPluginRequest) gen.ExtensionResponse {
	switch request["action"] {
	case "insert", "update", "delete":
		n.lock.Lock()
		defer n.lock.Unlock()
		return gen.ExtensionResponse{
			Status:   &gen.ExtensionStatus{Code: 0, Message: "OK"},
			Response: gen.ExtensionPluginResponse{n.write(request)},
		}
	default:
		return n.Plugin.Call(ctx, request)
	}
}

// write answers with the one row in which the agent looks for how it went.
func (n *notes) write(request gen.ExtensionPluginRequest) map[string]string {
	id, _ := strconv.ParseInt(request["id"], 10, 64) // there is none when the agent leaves the choice to us
	if request["action"] == "delete" {
		delete(n.rows, id)
		return map[string]string{"status": "success"}
	}
	var row note
	if err := json.Unmarshal([]byte(request["json_value_array"]), &[]any{&row.title, &row.stars}); err != nil {
		return map[string]string{"status": "failure", "message": err.Error()}
	}
	if request["action"] == "insert" && request["auto_rowid"] != "true" {
		id = n.last + 1
	}
	target := id
	if moved, err := strconv.ParseInt(request["new_id"], 10, 64); err == nil {
		target = moved
	}
	for other, known := range n.rows {
		if known.title == row.title && other != id {
			return map[string]string{"status": "constraint"}
		}
	}
	delete(n.rows, id)
	n.rows[target] = row
	n.last = max(n.last, target)
	return map[string]string{"status": "success", "id": strconv.FormatInt(target, 10)}
}
