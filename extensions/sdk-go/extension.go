// Package outpost serves extensions of Outpost over version 2 of its extension protocol (docs/protocol.md).
package outpost

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	retryPause = 200 * time.Millisecond
	renewLimit = 10 * time.Second
)

// Extension is a program that serves plugins to an agent.
type Extension struct {
	Name, Version string
	// The agent's socket.
	Socket string
	// How long to wait for the agent, and for a name that is still taken.
	Timeout time.Duration
	// Is told when the agent comes and goes; nil: nobody.
	Say func(message string)

	service *service
	server  *server
	manager *Manager
	lease   lease
	// How often the agent wants to hear.
	interval time.Duration
}

// Serve runs an extension from the command line: -socket PATH [-timeout SECONDS]. It ends the process: with status 0 on SIGTERM, SIGINT
// and when the agent is gone for the timeout, with 1 and a sentence on standard error when the agent refuses it.
func Serve(name, version string, plugins ...Plugin) {
	flags := flag.NewFlagSet(name, flag.ExitOnError)
	socket := flags.String("socket", "", "the agent's socket")
	flags.StringVar(socket, "extensions_socket", "", "the same")
	timeout := flags.Float64("timeout", 3, "seconds to wait for the agent")
	flags.Float64("interval", 3, "ignored: the agent says how often it wants to hear")
	verbose := flags.Bool("verbose", false, "say when the agent comes and goes")
	flags.Parse(os.Args[1:])
	if *socket == "" {
		fmt.Fprintf(os.Stderr, "%s: The agent's socket is missing. Give it with --socket PATH.\n", name)
		os.Exit(2)
	}
	extension := &Extension{Name: name, Version: version, Socket: *socket, Timeout: time.Duration(*timeout * float64(time.Second))}
	if *verbose {
		extension.Say = func(message string) { fmt.Fprintf(os.Stderr, "%s: %s\n", name, message) }
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := extension.Run(ctx, plugins...); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// Manager is the connection to the agent while the extension is registered; nil before.
func (e *Extension) Manager() *Manager { return e.manager }

// Run serves until ctx ends, the agent gives the name to another, or it is gone for the timeout. It fails when the agent refuses the extension.
func (e *Extension) Run(ctx context.Context, plugins ...Plugin) error {
	e.service = newService(plugins)
	defer e.leave()
	for ctx.Err() == nil {
		there, err := e.connect(ctx)
		if err != nil || !there {
			return err
		}
		state := int32(leaseUnknown)
		if e.lease.Generation != 0 {
			state = e.renew(ctx)
		}
		for state != leaseLost && ctx.Err() == nil {
			if state == leaseReplaced {
				return nil
			}
			if state == leaseUnknown {
				if err := e.open(ctx); err != nil {
					return err
				}
			}
			state = e.hold(ctx)
		}
	}
	return nil
}

func (e *Extension) say(format string, args ...any) {
	if e.Say != nil {
		e.Say(fmt.Sprintf(format, args...))
	}
}

func pause(ctx context.Context, length time.Duration) bool {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// connect waits for the agent; false when it does not come.
func (e *Extension) connect(ctx context.Context) (bool, error) {
	if e.manager != nil {
		e.manager.Close()
	}
	for began := time.Now(); ; {
		manager, err := Connect(e.Socket)
		if err == nil {
			e.manager = manager
			break
		}
		if time.Since(began) > e.Timeout || !pause(ctx, retryPause) {
			e.say("nobody listens at %s: %v", e.Socket, err)
			return false, nil
		}
	}
	speaks, err := e.manager.speaksVersion2(ctx)
	if err == nil && !speaks {
		err = &Error{"EXTENSION_CALL_FAILED", "The agent at " + e.Socket + " speaks version 1 of the protocol only.",
			"Write the extension with osquery-go, or use an agent that speaks version 2.", "user"}
	}
	return speaks, err
}

func (e *Extension) open(ctx context.Context) error {
	about := info{e.Name, e.Version, "5.0.0", "0.0.0"}
	for began := time.Now(); ; {
		grant, err := call2[leaseGrant](ctx, e.manager, "openLease", func(t terms) any {
			return openLeaseArguments{about, e.service.registry(), e.service.documents(), t}
		})
		if err == nil {
			return e.listen(grant)
		}
		var known *Error
		taken := errors.As(err, &known) && known.Code == "LEASE_HELD"
		if !taken || time.Since(began) > e.Timeout || !pause(ctx, retryPause) {
			return err
		}
	}
}

func (e *Extension) listen(grant leaseGrant) (err error) {
	if e.server != nil {
		e.server.close()
	}
	e.lease, e.interval = grant.Lease, max(10*time.Millisecond, time.Duration(grant.IntervalMs)*time.Millisecond)
	e.service.uuid.Store(grant.Lease.UUID)
	e.server, err = listen(fmt.Sprintf("%s.%d", e.Socket, grant.Lease.UUID), e.service)
	e.say("registered as %d", grant.Lease.UUID)
	return err
}

// hold renews the lease until it no longer stands, and tells how it stands then.
func (e *Extension) hold(ctx context.Context) int32 {
	for pause(ctx, e.interval) {
		if state := e.renew(ctx); state != leaseHeld {
			return state
		}
	}
	return leaseLost
}

// renew gives a sign of life, and tells how the lease stands.
func (e *Extension) renew(ctx context.Context) int32 {
	timed, stop := context.WithTimeout(ctx, renewLimit)
	defer stop()
	answer, err := call2[leaseAnswer](timed, e.manager, "renew", func(terms) any { return leaseArguments{e.lease} })
	if err != nil {
		e.say("the agent does not answer: %v", err)
		return leaseLost
	}
	if answer.State != leaseHeld {
		e.say("the agent no longer knows the extension")
	}
	return answer.State
}

func (e *Extension) leave() {
	if e.server != nil {
		e.server.close()
	}
	if e.manager == nil {
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), time.Second)
	defer stop()
	if _, err := call1[status](ctx, e.manager, "deregisterExtension", uuidArguments{e.lease.UUID}); err != nil && !errors.Is(err, net.ErrClosed) {
		e.say("the agent did not hear the farewell: %v", err)
	}
	e.manager.Close()
}
