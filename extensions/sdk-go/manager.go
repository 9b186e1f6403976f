package outpost

import (
	"bufio"
	"context"
	"errors"
	"iter"
	"net"
	"strconv"
	"sync"
	"time"

	"example.org/outpost/sdk-go/wire"
)

const (
	clientCalls = 64
	usualCall   = 300 * time.Second
)

var errLost = &Error{"EXTENSION_CALL_FAILED", "The connection to the agent is over.", "", "host"}

// answered is a reply on its way to whoever waits for it. The fields are read by the goroutine that receives.
type pending struct {
	into any // a pointer to a result
	done chan error
}

// Manager is a client of the core's socket. Its calls may be made by any number of goroutines at once.
type Manager struct {
	connection *connection
	places     chan struct{}
	inOrder    sync.Mutex
	mutex      sync.Mutex
	last       int32
	waiting    map[int32]pending
	over       bool
}

// Connect connects to the core.
func Connect(path string) (*Manager, error) {
	conn, err := net.Dial("unix", path)
	if err != nil {
		return nil, err
	}
	m := &Manager{
		connection: &connection{Conn: conn},
		places:     make(chan struct{}, clientCalls),
		waiting:    map[int32]pending{},
	}
	go m.receive()
	return m, nil
}

// Close ends the connection; calls that are not answered yet fail.
func (m *Manager) Close() error { return m.connection.Close() }

// Query runs a statement in the core and gives its rows as they are read.
func (m *Manager) Query(ctx context.Context, sql string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		next, err := call2[page](ctx, m, "openQuery", func(t terms) any { return openQueryArguments{sql, 0, t} })
		columns := next.Columns
		for {
			var rows [][]any
			if err == nil {
				rows, err = readBlock(next.Rows)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			for _, values := range rows {
				row := make(Row, len(columns))
				for index, value := range values {
					row[columns[index]] = value
				}
				if !yield(row, nil) {
					m.connection.send(wire.Header{Name: "closeRows", Kind: wire.Oneway}, cursorArguments{next.Cursor})
					return
				}
			}
			if !next.More {
				return
			}
			next, err = call2[page](ctx, m, "nextRows", func(t terms) any { return nextRowsArguments{next.Cursor, 0, t} })
		}
	}
}

// Ask gives the rows with which a plugin of the core, or of another extension, answers a request.
func (m *Manager) Ask(ctx context.Context, registry, item string, request map[string]string) ([]map[string]string, error) {
	answer, err := call2[pluginAnswer](ctx, m, "ask", func(t terms) any { return askArguments{registry, item, request, t} })
	if err == nil && answer.Answer.Status.Code != 0 {
		err = &Error{"EXTENSION_CALL_FAILED", answer.Answer.Status.Message, "", "plugin"}
	}
	return answer.Answer.Response, err
}

func (m *Manager) speaksVersion2(ctx context.Context) (bool, error) {
	options, err := call1[map[string]optionInfo](ctx, m, "options", empty{})
	version, _ := strconv.Atoi(options["outpost_protocol"].Value)
	return version >= 2, err
}

// call1 makes a call of version 1: one at a time.
func call1[Answer any](ctx context.Context, m *Manager, name string, arguments any) (Answer, error) {
	m.inOrder.Lock()
	defer m.inOrder.Unlock()
	var into result[Answer]
	err := m.exchange(ctx, wire.Header{Name: name, Kind: wire.Call}, arguments, &into)
	if err != nil && ctx.Err() != nil {
		m.Close() // nobody could tell whose the next answer is
	}
	return into.Success, err
}

type ended interface{ outcomeOf() outcome }

func (p page) outcomeOf() outcome         { return p.Outcome }
func (a pluginAnswer) outcomeOf() outcome { return a.Outcome }
func (g leaseGrant) outcomeOf() outcome   { return g.Outcome }
func (a leaseAnswer) outcomeOf() outcome  { return a.Outcome }

// call2 makes a call of version 2.
func call2[Answer ended](ctx context.Context, m *Manager, name string, arguments func(terms) any) (Answer, error) {
	var into result[Answer]
	ctx, stop := context.WithTimeout(ctx, usualCall)
	defer stop()
	select {
	case m.places <- struct{}{}:
		defer func() { <-m.places }()
	case <-ctx.Done():
		return into.Success, ctx.Err()
	}
	deadline, _ := ctx.Deadline()
	milliseconds := max(1, time.Until(deadline).Milliseconds())
	header := wire.Header{Name: name, Kind: wire.Call, ID: m.nextID()}
	err := m.exchange(ctx, header, arguments(terms{int32(milliseconds)}), &into)
	if err != nil {
		if ctx.Err() != nil {
			m.connection.send(wire.Header{Name: "cancel", Kind: wire.Oneway}, cancelArguments{header.ID})
		}
		return into.Success, err
	}
	return into.Success, into.Success.outcomeOf().err()
}

func (m *Manager) nextID() int32 {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.last = max(1, m.last+1)
	return m.last
}

func (m *Manager) exchange(ctx context.Context, header wire.Header, arguments, into any) error {
	waiting := pending{into, make(chan error, 1)}
	m.mutex.Lock()
	if m.over {
		m.mutex.Unlock()
		return errLost
	}
	m.waiting[header.ID] = waiting
	m.mutex.Unlock()
	m.connection.send(header, arguments)
	select {
	case err := <-waiting.done:
		return err
	case <-ctx.Done():
		if m.taken(header.ID) != nil {
			return ctx.Err()
		}
		return <-waiting.done // it is just being read
	}
}

// taken gives who waits for an answer, and lets nobody else have him.
func (m *Manager) taken(id int32) *pending {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	waiting, ok := m.waiting[id]
	if !ok {
		return nil
	}
	delete(m.waiting, id)
	return &waiting
}

func (m *Manager) receive() {
	decoder := wire.NewDecoder(bufio.NewReaderSize(m.connection, 64<<10))
	for {
		header, err := decoder.Header()
		if err != nil {
			break
		}
		if err := m.settle(decoder, header); err != nil {
			break
		}
	}
	m.connection.Close()
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.over = true
	for id, waiting := range m.waiting {
		delete(m.waiting, id)
		waiting.done <- errLost
	}
}

// settle reads a reply. One that nobody waits for is passed over.
func (m *Manager) settle(decoder *wire.Decoder, header wire.Header) error {
	waiting := m.taken(header.ID)
	if waiting == nil {
		return decoder.Fields(&empty{})
	}
	if header.Kind == wire.Exception {
		var said fault
		err := decoder.Fields(&said)
		waiting.done <- &Error{"EXTENSION_CALL_FAILED", said.Message, "", "plugin"}
		return err
	}
	err := decoder.Fields(waiting.into)
	if err != nil {
		waiting.done <- errors.Join(errLost, err)
		return err
	}
	waiting.done <- nil
	return nil
}
