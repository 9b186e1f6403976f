package outpost

import (
	"errors"
	"slices"
	"strings"
)

var sources = []string{"", "user", "plugin", "host", "downstream"}

// Error is a failure as the protocol carries it: a code of docs/errors.md, what happened, what to do about it, and whose turn it is.
type Error struct {
	Code, Message, Remedy, Source string
}

func (e *Error) Error() string { return strings.TrimSpace(e.Message + " " + e.Remedy) }

// Conflict is the error for a write whose row the table cannot hold: SQLite says `constraint failed`.
func Conflict(message string) error { return &Error{"ROW_CONSTRAINT", message, "", "user"} }

// ReadOnly is the error for a write of a row that may not be changed.
func ReadOnly(message string) error { return &Error{"ROW_READONLY", message, "", "user"} }

// outcomeOf is the outcome of a call that ended with an error: one that is no Error is PLUGIN_FAILED.
func outcomeOf(err error) outcome {
	if err == nil {
		return outcome{}
	}
	var known *Error
	if !errors.As(err, &known) {
		known = &Error{"PLUGIN_FAILED", err.Error(), "", "plugin"}
	}
	return outcome{known.Code, known.Message, known.Remedy, int32(max(0, slices.Index(sources, known.Source)))}
}

func (o outcome) err() error {
	if o.Error == "" {
		return nil
	}
	source := ""
	if o.Source >= 0 && int(o.Source) < len(sources) {
		source = sources[o.Source]
	}
	message := o.Message
	if message == "" {
		message = o.Error
	}
	return &Error{o.Error, message, o.Remedy, source}
}
