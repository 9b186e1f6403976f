package outpost

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"example.org/outpost/sdk-go/wire"
)

const (
	callLimit     = 128
	callLimitTime = 300 * time.Second
	unreadLimit   = 60 * time.Second
)

// connection sends whole messages from any goroutine.
type connection struct {
	net.Conn
	sending sync.Mutex
}

func (c *connection) send(header wire.Header, fields any) {
	message := wire.Encode(header, fields)
	c.sending.Lock()
	defer c.sending.Unlock()
	c.SetWriteDeadline(time.Now().Add(unreadLimit))
	if _, err := c.Write(message); err != nil {
		c.Close() // whoever receives notices, and ends what is under way
	}
}

// peer is one client of an extension: its calls and cursors.
type peer struct {
	*connection
	decoder *wire.Decoder
	service *service
	cursors cursors
	ctx     context.Context
	mutex   sync.Mutex
	calls   map[int32]context.CancelCauseFunc
}

// servePeer answers until the connection is over, or what it says cannot be understood.
func servePeer(conn net.Conn, service *service) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer conn.Close()
	p := &peer{
		connection: &connection{Conn: conn},
		decoder:    wire.NewDecoder(bufio.NewReaderSize(conn, 64<<10)),
		service:    service,
		cursors:    cursors{open: map[int64]*cursor{}},
		ctx:        ctx,
		calls:      map[int32]context.CancelCauseFunc{},
	}
	for {
		header, err := p.decoder.Header()
		if err != nil || p.take(header) != nil {
			return
		}
	}
}

// work is what is left of a call once its arguments are read; it gives the answer, and the answer to a failure.
type work func(ctx context.Context) (any, error)

// decoded reads arguments; what follows is done only when that went well.
func decoded[Arguments any](p *peer, then func(arguments Arguments) error) error {
	var arguments Arguments
	if err := p.decoder.Fields(&arguments); err != nil {
		return err
	}
	return then(arguments)
}

func (p *peer) take(header wire.Header) error {
	switch header.Name {
	case "ping":
		return decoded(p, func(empty) error { return p.reply(header, status{0, "pong", p.service.uuid.Load()}) })
	case "shutdown":
		return decoded(p, func(empty) error { p.send(replyTo(header), empty{}); return nil })
	case "call":
		return decoded(p, func(a callArguments) error {
			answer, err := p.service.ask(p.ctx, a.Registry, a.Item, a.Request)
			if err != nil {
				answer = response{Status: status{1, err.Error(), p.service.uuid.Load()}}
			}
			return p.reply(header, answer)
		})
	case "cancel":
		return decoded(p, func(a cancelArguments) error { p.giveUp(a.SequenceID); return nil })
	case "closeRows":
		return decoded(p, func(a cursorArguments) error { p.cursors.close(a.Cursor); return nil })
	}
	return p.take2(header)
}

// take2 takes the calls of version 2: they run side by side.
func (p *peer) take2(header wire.Header) error {
	switch header.Name {
	case "openRows":
		return decoded(p, func(a openRowsArguments) error { return p.start(header, a.Terms, p.open(a), failedPage) })
	case "nextRows":
		return decoded(p, func(a nextRowsArguments) error {
			return p.start(header, a.Terms, func(ctx context.Context) (work, error) {
				cursor, err := p.cursors.get(a.Cursor)
				if err != nil {
					return nil, err
				}
				return p.pageOf(ctx, cursor, a.PageBytes)
			}, failedPage)
		})
	case "write":
		return decoded(p, func(a writeArguments) error {
			return p.start(header, a.Terms, later(func(ctx context.Context) (any, error) { return p.service.write(ctx, a.Row) }),
				func(err error) any { return written{Outcome: outcomeOf(err)} })
		})
	case "logLines":
		return decoded(p, func(a logLinesArguments) error {
			return p.start(header, a.Terms, later(func(ctx context.Context) (any, error) { return p.service.logLines(ctx, a.Logger, a.Lines) }),
				func(err error) any { return logAnswer{Outcome: outcomeOf(err)} })
		})
	case "ask":
		return decoded(p, func(a askArguments) error {
			return p.start(header, a.Terms, later(func(ctx context.Context) (any, error) {
				answer, err := p.service.ask(ctx, a.Registry, a.Item, a.Request)
				return pluginAnswer{Answer: answer}, err
			}), func(err error) any { return pluginAnswer{Outcome: outcomeOf(err)} })
		})
	}
	return decoded(p, func(empty) error {
		header.Kind = wire.Exception
		p.send(header, fault{fmt.Sprintf("Invalid method name: '%s'", header.Name), 1})
		return nil
	})
}

func failedPage(err error) any { return page{Outcome: outcomeOf(err)} }

// later is work for which nothing has to be done in the order of arrival.
func later(do work) func(context.Context) (work, error) {
	return func(context.Context) (work, error) { return do, nil }
}

func (p *peer) open(arguments openRowsArguments) func(context.Context) (work, error) {
	return func(ctx context.Context) (work, error) {
		table, err := p.service.table(arguments.Scan.Table)
		if err != nil {
			return nil, err
		}
		cursor, err := p.cursors.add(p.ctx, table, arguments.Scan)
		if err != nil {
			return nil, err
		}
		return p.pageOf(ctx, cursor, arguments.PageBytes)
	}
}

func (p *peer) pageOf(ctx context.Context, cursor *cursor, bytes int32) (work, error) {
	answer, err := cursor.ask(ctx, bytes)
	return func(context.Context) (any, error) {
		made := <-answer
		return made.page, made.err
	}, err
}

func replyTo(header wire.Header) wire.Header {
	header.Kind = wire.Reply
	return header
}

func (p *peer) reply(header wire.Header, answer any) error {
	send(p.connection, header, answer)
	return nil
}

// start begins a call; begin is done in the order of arrival, the work it gives beside that of other calls.
func (p *peer) start(header wire.Header, on terms, begin func(context.Context) (work, error), failed func(error) any) error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.calls[header.ID] != nil {
		return wire.Malformed(fmt.Sprintf("the sequence id %d is in use", header.ID))
	}
	if len(p.calls) >= callLimit {
		return p.reply(header, failed(&Error{"TOO_MANY_CALLS", fmt.Sprintf("The connection has %d unanswered calls already.", callLimit), "", "plugin"}))
	}
	limit := callLimitTime
	if asked := time.Duration(on.DeadlineMs) * time.Millisecond; asked > 0 && asked < limit {
		limit = asked
	}
	late := &Error{"CALL_DEADLINE", fmt.Sprintf("The call %s was not done within %v.", header.Name, limit), "", "plugin"}
	timed, stop := context.WithTimeoutCause(p.ctx, limit, late)
	ctx, cancel := context.WithCancelCause(timed)
	do, err := begin(ctx)
	if err != nil {
		cancel(err)
		stop()
		return p.reply(header, failed(err))
	}
	p.calls[header.ID] = cancel
	go func() {
		defer stop()
		defer cancel(nil)
		p.finish(header, ctx, do, failed)
	}()
	return nil
}

// finish answers a call once: by its work, or by what ended it before.
func (p *peer) finish(header wire.Header, ctx context.Context, do work, failed func(error) any) {
	done := make(chan any, 1)
	go func() {
		answer, err := do(ctx)
		if err != nil {
			answer = failed(err)
		}
		done <- answer
	}()
	var answer any
	select {
	case answer = <-done:
	case <-ctx.Done():
		answer = failed(context.Cause(ctx))
	}
	p.mutex.Lock()
	delete(p.calls, header.ID)
	p.mutex.Unlock()
	p.reply(header, answer)
}

func (p *peer) giveUp(id int32) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if cancel := p.calls[id]; cancel != nil {
		cancel(errCancelled)
	}
}
