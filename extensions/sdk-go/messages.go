package outpost

// The structs of osquery.thrift and outpost.thrift that version 2 uses; docs/protocol.md explains them.

type outcome struct {
	Error   string `thrift:"1"`
	Message string `thrift:"2"`
	Remedy  string `thrift:"3"`
	Source  int32  `thrift:"4"`
}

type terms struct {
	DeadlineMs int32 `thrift:"1"`
}

type status struct {
	Code    int32  `thrift:"1"`
	Message string `thrift:"2"`
	UUID    int64  `thrift:"3"`
}

type (
	row         = map[string]string
	registryMap = map[string]map[string][]row
)

type response struct {
	Status   status `thrift:"1"`
	Response []row  `thrift:"2"`
}

type optionInfo struct {
	Value string `thrift:"1"`
}

type info struct {
	Name          string `thrift:"1"`
	Version       string `thrift:"2"`
	SDKVersion    string `thrift:"3"`
	MinSDKVersion string `thrift:"4"`
}

type fault struct {
	Message string `thrift:"1"`
	Type    int32  `thrift:"2"`
}

type columnDocument struct {
	Name        string `thrift:"1"`
	Description string `thrift:"2"`
}

type tableDocument struct {
	Name        string           `thrift:"1"`
	Description string           `thrift:"2"`
	Examples    []string         `thrift:"3"`
	Platforms   []string         `thrift:"4"`
	Columns     []columnDocument `thrift:"5"`
	Order       []string         `thrift:"6"`
	Exact       []string         `thrift:"7"`
	Writable    bool             `thrift:"8"`
	Pushed      bool             `thrift:"9"`
}

// OrderTerm is one term of an ORDER BY.
type OrderTerm struct {
	Column     string `thrift:"1"`
	Descending bool   `thrift:"2"`
}

type scanRequest struct {
	Table       string      `thrift:"1"`
	Columns     []string    `thrift:"2"`
	Constraints []byte      `thrift:"3"`
	Limit       int64       `thrift:"4"`
	Order       []OrderTerm `thrift:"5"`
}

type page struct {
	Outcome  outcome  `thrift:"1"`
	Cursor   int64    `thrift:"2"`
	More     bool     `thrift:"3"`
	Rows     []byte   `thrift:"4"`
	Warnings []string `thrift:"5"`
	Columns  []string `thrift:"6"`
	Types    []string `thrift:"7"`
}

type rowWrite struct {
	Table    string `thrift:"1"`
	Kind     int32  `thrift:"2"`
	RowID    int64  `thrift:"3"`
	HasRowID bool   `thrift:"4"`
	NewRowID int64  `thrift:"5"`
	Values   []byte `thrift:"6"`
}

type written struct {
	Outcome outcome `thrift:"1"`
	RowID   int64   `thrift:"2"`
}

type logLine struct {
	Kind int32  `thrift:"1"`
	Line []byte `thrift:"2"`
}

type logAnswer struct {
	Outcome  outcome `thrift:"1"`
	Accepted int32   `thrift:"2"`
}

type pluginAnswer struct {
	Outcome outcome  `thrift:"1"`
	Answer  response `thrift:"2"`
}

type lease struct {
	UUID       int64 `thrift:"1"`
	Generation int64 `thrift:"2"`
}

type leaseGrant struct {
	Outcome    outcome `thrift:"1"`
	Lease      lease   `thrift:"2"`
	IntervalMs int32   `thrift:"3"`
}

type leaseAnswer struct {
	Outcome    outcome `thrift:"1"`
	State      int32   `thrift:"2"`
	IntervalMs int32   `thrift:"3"`
}

type eventAnswer struct {
	Outcome     outcome `thrift:"1"`
	Sequence    int64   `thrift:"2"`
	CreditBytes int64   `thrift:"3"`
	CreditMs    int32   `thrift:"4"`
}

// States of a lease; it is lost when the agent does not answer.
const leaseHeld, leaseUnknown, leaseReplaced, leaseLost = 0, 1, 2, -1

// ---- arguments and results ----

type empty struct{}

type callArguments struct {
	Registry string `thrift:"1"`
	Item     string `thrift:"2"`
	Request  row    `thrift:"3"`
}

type askArguments struct {
	Registry string `thrift:"1"`
	Item     string `thrift:"2"`
	Request  row    `thrift:"3"`
	Terms    terms  `thrift:"4"`
}

type openRowsArguments struct {
	Scan      scanRequest `thrift:"1"`
	PageBytes int32       `thrift:"2"`
	Terms     terms       `thrift:"3"`
}

type nextRowsArguments struct {
	Cursor    int64 `thrift:"1"`
	PageBytes int32 `thrift:"2"`
	Terms     terms `thrift:"3"`
}

type cursorArguments struct {
	Cursor int64 `thrift:"1"`
}

type cancelArguments struct {
	SequenceID int32 `thrift:"1"`
}

type writeArguments struct {
	Row   rowWrite `thrift:"1"`
	Terms terms    `thrift:"2"`
}

type logLinesArguments struct {
	Logger string    `thrift:"1"`
	Lines  []logLine `thrift:"2"`
	Terms  terms     `thrift:"3"`
}

type openLeaseArguments struct {
	Info     info            `thrift:"1"`
	Registry registryMap     `thrift:"2"`
	Tables   []tableDocument `thrift:"3"`
	Terms    terms           `thrift:"4"`
}

type leaseArguments struct {
	Lease lease `thrift:"1"`
}

type updateArguments struct {
	Lease  lease               `thrift:"1"`
	Add    registryMap         `thrift:"2"`
	Tables []tableDocument     `thrift:"3"`
	Remove map[string][]string `thrift:"4"`
	Terms  terms               `thrift:"5"`
}

type openQueryArguments struct {
	SQL       string `thrift:"1"`
	PageBytes int32  `thrift:"2"`
	Terms     terms  `thrift:"3"`
}

type pushArguments struct {
	Lease    lease  `thrift:"1"`
	Table    string `thrift:"2"`
	Sequence int64  `thrift:"3"`
	Rows     []byte `thrift:"4"`
	Lost     int64  `thrift:"5"`
	Reason   string `thrift:"6"`
	Terms    terms  `thrift:"7"`
}

type uuidArguments struct {
	UUID int64 `thrift:"1"`
}

// result is what every method with an answer gives.
type result[Answer any] struct {
	Success Answer `thrift:"0"`
}
