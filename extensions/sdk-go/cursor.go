package outpost

import (
	"context"
	"fmt"
	"iter"
	"sync"
)

const (
	cursorLimit  = 64
	creditLimit  = 4
	usualPage    = 64 << 10
	smallestPage = 1 << 10
	largestPage  = 1 << 20
)

var (
	errCancelled     = &Error{"CALL_CANCELLED", "The call was given up.", "", "user"}
	errUnknownCursor = &Error{"UNKNOWN_CURSOR", "The cursor has ended, or was never opened on this connection.", "", "plugin"}
)

// pageRequest is one credit.
type pageRequest struct {
	ctx    context.Context
	bytes  int32
	answer chan<- pageAnswer
}

type pageAnswer struct {
	page page
	err  error
}

// cursor is one scan. A goroutine of its own makes its pages, in the order in which they were asked for, and only then.
type cursor struct {
	id       int64
	requests chan pageRequest
	cancel   context.CancelFunc
	ctx      context.Context
}

func openCursor(parent context.Context, id int64, table *Table, request scanRequest) (*cursor, error) {
	constraints, err := readConstraints(request.Constraints)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(parent)
	c := &cursor{id: id, requests: make(chan pageRequest, creditLimit), cancel: cancel, ctx: ctx}
	scan := &Scan{Columns: request.Columns, Constraints: constraints, Limit: request.Limit, Order: request.Order}
	go c.run(table, scan)
	return c, nil
}

// ask takes the next place in the order of pages.
func (c *cursor) ask(ctx context.Context, bytes int32) (<-chan pageAnswer, error) {
	answer := make(chan pageAnswer, 1)
	select {
	case <-c.ctx.Done():
		return nil, errUnknownCursor
	case c.requests <- pageRequest{ctx, bytes, answer}:
		return answer, nil
	default:
		return nil, &Error{"TOO_MANY_CALLS", fmt.Sprintf("A cursor has %d unanswered pages already.", creditLimit), "", "plugin"}
	}
}

func (c *cursor) run(table *Table, scan *Scan) {
	defer c.cancel()
	next, stop := iter.Pull2(table.Generate(c.ctx, scan))
	defer stop()
	for {
		select {
		case <-c.ctx.Done():
			c.refuse(errCancelled)
			return
		case request := <-c.requests:
			made, err := c.page(request, scan, next)
			request.answer <- pageAnswer{made, err}
			if err != nil || !made.More {
				c.cancel()
				c.refuse(errUnknownCursor)
				return
			}
		}
	}
}

// refuse answers the pages that wait.
func (c *cursor) refuse(err error) {
	for {
		select {
		case request := <-c.requests:
			request.answer <- pageAnswer{err: err}
		default:
			return
		}
	}
}

func (c *cursor) page(request pageRequest, scan *Scan, next func() (Row, error, bool)) (page, error) {
	wanted := request.bytes
	if wanted == 0 {
		wanted = usualPage
	}
	limit := int(min(max(wanted, smallestPage), largestPage))
	writer, values := newBlockWriter(), make([]any, len(scan.Columns))
	for writer.size() < limit {
		row, err, more := next()
		switch {
		case c.ctx.Err() != nil || request.ctx.Err() != nil:
			return page{}, errCancelled
		case err != nil:
			return page{}, err
		case !more:
			return page{Rows: writer.block(), Warnings: scan.taken()}, nil
		}
		for index, column := range scan.Columns {
			values[index] = row[column]
		}
		if err := writer.add(values); err != nil {
			return page{}, err
		}
	}
	return page{Cursor: c.id, More: true, Rows: writer.block(), Warnings: scan.taken()}, nil
}

func (s *Scan) taken() []string {
	warnings := s.warnings
	s.warnings = nil
	return warnings
}

// cursors are those of one connection.
type cursors struct {
	mutex sync.Mutex
	last  int64
	open  map[int64]*cursor
}

func (c *cursors) add(ctx context.Context, table *Table, scan scanRequest) (*cursor, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for id, known := range c.open {
		if known.ctx.Err() != nil {
			delete(c.open, id)
		}
	}
	if len(c.open) >= cursorLimit {
		return nil, &Error{"TOO_MANY_CURSORS", fmt.Sprintf("The connection has %d open cursors already.", cursorLimit), "", "plugin"}
	}
	c.last++
	made, err := openCursor(ctx, c.last, table, scan)
	if err == nil {
		c.open[c.last] = made
	}
	return made, err
}

func (c *cursors) get(id int64) (*cursor, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if known := c.open[id]; known != nil {
		return known, nil
	}
	return nil, errUnknownCursor
}

func (c *cursors) close(id int64) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if known := c.open[id]; known != nil {
		known.cancel()
		delete(c.open, id)
	}
}
