package outpost

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
)

// Options of a column.
const (
	Index      = 1  // rows can be found by it fast
	Required   = 2  // a query must constrain one of the required columns
	Additional = 4  // a constraint changes what is generated
	Optimized  = 8  // the values of an IN come in one scan
	Hidden     = 16 // left out of `select *`
)

// Types of columns.
const (
	Text           = "TEXT"
	Integer        = "INTEGER"
	BigInt         = "BIGINT"
	UnsignedBigInt = "UNSIGNED BIGINT"
	Double         = "DOUBLE"
	Blob           = "BLOB"
)

// Column is a column of a table.
type Column struct {
	Name, Type, Description string
	// Bits: Index, Required, Additional, Optimized, Hidden.
	Options int
}

// Row is a row by column: nil, bool, int, int64, uint64, float64, string or []byte; what is left out is NULL. The rows of a writable
// table have their ids under "rowid".
type Row map[string]any

// Scan is what a query wants of a table. The agent checks every row again, but for columns under Exact.
type Scan struct {
	// The columns that the query reads.
	Columns     []string
	Constraints []Constraint
	// So many rows are read at most; 0: all.
	Limit int64
	Order []OrderTerm

	warnings []string
}

// Equals gives the values of `=` and IN for a column; false when the query does not say.
func (s *Scan) Equals(column string) ([]any, bool) {
	for _, constraint := range s.Constraints {
		if constraint.Column == column && constraint.Operator == 2 {
			return constraint.Values, true
		}
	}
	return nil, false
}

// Warn gives a line to the agent's status log.
func (s *Scan) Warn(message string) { s.warnings = append(s.warnings, message) }

// Writer makes a table writable; what is nil is refused.
type Writer struct {
	// Insert adds a row and gives its id; asked is the id that the statement asks for, or nil.
	Insert func(ctx context.Context, row Row, asked *int64) (int64, error)
	Update func(ctx context.Context, id int64, row Row, newID int64) error
	Delete func(ctx context.Context, id int64) error
}

// Table is a table.
type Table struct {
	Name, Description string
	Columns           []Column
	Examples          []string
	// Columns in whose ascending order rows come.
	Order []string
	// Columns whose `=` and IN Generate applies itself.
	Exact []string
	// Generate makes the rows, as they are read. ctx ends when nobody waits for them any more.
	Generate func(ctx context.Context, scan *Scan) iter.Seq2[Row, error]
	Writer   *Writer
}

// LogLine is one line: Kind is 0 for results, 1 for a snapshot, 2 for status lines as a JSON array.
type LogLine struct {
	Kind int32
	Text string
}

// Logger is a sink of log lines.
type Logger struct {
	Name string
	// Deliver says how many lines, from the first on, are delivered for good. The others come again; after a pause when it fails.
	Deliver func(ctx context.Context, lines []LogLine) (int, error)
}

// Config is a source of configuration.
type Config struct {
	Name string
	// Generate gives texts in JSON by the names of their sources.
	Generate func(ctx context.Context) (map[string]string, error)
}

// Distributed is a source of live queries; both functions speak JSON as osquery's plugins do.
type Distributed struct {
	Name    string
	Queries func(ctx context.Context) (json.RawMessage, error)
	Results func(ctx context.Context, results json.RawMessage) error
}

// Plugin is a *Table, *Logger, *Config or *Distributed.
type Plugin interface {
	registry() (kind, name string)
	routes() []row
}

// asked is a plugin that answers requests with rows.
type asked interface {
	ask(ctx context.Context, request row) (code int32, rows []row, err error)
}

// The features of a logger are the code of the answer's status, as in version 1.
const takesStatusLines = 1

func (t *Table) registry() (string, string)       { return "table", t.Name }
func (l *Logger) registry() (string, string)      { return "logger", l.Name }
func (c *Config) registry() (string, string)      { return "config", c.Name }
func (d *Distributed) registry() (string, string) { return "distributed", d.Name }

func (t *Table) routes() []row {
	routes := make([]row, 0, len(t.Columns)+1)
	for _, column := range t.Columns {
		routes = append(routes, row{"id": "column", "name": column.Name, "type": column.Type, "op": strconv.Itoa(column.Options)})
	}
	return append(routes, row{"id": "attributes", "attributes": "0"})
}
func (*Logger) routes() []row      { return nil }
func (*Config) routes() []row      { return nil }
func (*Distributed) routes() []row { return nil }

func (t *Table) document() tableDocument {
	document := tableDocument{
		Name: t.Name, Description: t.Description, Examples: t.Examples, Order: t.Order, Exact: t.Exact, Writable: t.Writer != nil,
	}
	for _, column := range t.Columns {
		document.Columns = append(document.Columns, columnDocument{column.Name, column.Description})
	}
	return document
}

// write applies a write and gives the id of an inserted row.
func (t *Table) write(ctx context.Context, request rowWrite, values []any) (int64, error) {
	writer := t.Writer
	row := make(Row, len(t.Columns))
	for index, column := range t.Columns {
		if index < len(values) {
			row[column.Name] = values[index]
		}
	}
	switch {
	case writer != nil && request.Kind == 1 && writer.Insert != nil:
		var wanted *int64
		if request.HasRowID {
			wanted = &request.RowID
		}
		return writer.Insert(ctx, row, wanted)
	case writer != nil && request.Kind == 2 && writer.Update != nil:
		return 0, writer.Update(ctx, request.RowID, row, request.NewRowID)
	case writer != nil && request.Kind == 3 && writer.Delete != nil:
		return 0, writer.Delete(ctx, request.RowID)
	}
	return 0, ReadOnly(fmt.Sprintf("The table %s does not take this kind of write.", t.Name))
}

func unknownAction(kind, name string, request row) error {
	return &Error{"PLUGIN_FAILED", fmt.Sprintf("The %s plugin %s has no action %q.", kind, name, request["action"]), "", "plugin"}
}

func (l *Logger) ask(_ context.Context, request row) (int32, []row, error) {
	switch request["action"] {
	case "init":
		return 0, nil, nil
	case "features":
		return takesStatusLines, nil, nil
	}
	return 1, nil, unknownAction("logger", l.Name, request)
}

func (c *Config) ask(ctx context.Context, request row) (int32, []row, error) {
	if request["action"] != "genConfig" {
		return 1, nil, unknownAction("config", c.Name, request)
	}
	texts, err := c.Generate(ctx)
	return 0, []row{texts}, err
}

func (d *Distributed) ask(ctx context.Context, request row) (int32, []row, error) {
	switch request["action"] {
	case "getQueries":
		queries, err := d.Queries(ctx)
		return 0, []row{{"results": string(queries)}}, err
	case "writeResults":
		return 0, nil, d.Results(ctx, json.RawMessage(request["results"]))
	}
	return 1, nil, unknownAction("distributed", d.Name, request)
}
