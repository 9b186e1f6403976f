package outpost

import (
	"context"
	"net"
	"os"
	"sync"
	"syscall"

	"example.org/outpost/sdk-go/wire"
)

const connectionLimit = 256

// send answers a call; a switch, since the struct of a result has the answer as its field 0.
func send(c *connection, header wire.Header, answer any) {
	header = replyTo(header)
	switch answer := answer.(type) {
	case status:
		c.send(header, result[status]{answer})
	case response:
		c.send(header, result[response]{answer})
	case page:
		c.send(header, result[page]{answer})
	case written:
		c.send(header, result[written]{answer})
	case logAnswer:
		c.send(header, result[logAnswer]{answer})
	case pluginAnswer:
		c.send(header, result[pluginAnswer]{answer})
	default:
		panic("no method answers this")
	}
}

// server listens at an extension's path.
type server struct {
	listener net.Listener
	mutex    sync.Mutex
	open     map[net.Conn]struct{}
}

func listen(path string, service *service) (*server, error) {
	config := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) (err error) {
		// Linux makes the file with the mode of the socket.
		failed := raw.Control(func(fd uintptr) { err = syscall.Fchmod(int(fd), 0o600) })
		if failed != nil {
			return failed
		}
		return err
	}}
	listener, err := config.Listen(context.Background(), "unix", path)
	if err != nil {
		return nil, err
	}
	s := &server{listener: listener, open: map[net.Conn]struct{}{}}
	go s.accept(service)
	return s, nil
}

func (s *server) accept(service *service) {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return // it was closed
		}
		s.mutex.Lock()
		full := len(s.open) >= connectionLimit
		if !full {
			s.open[conn] = struct{}{}
		}
		s.mutex.Unlock()
		if full {
			conn.Close()
			continue
		}
		go func() {
			servePeer(conn, service)
			s.mutex.Lock()
			delete(s.open, conn)
			s.mutex.Unlock()
		}()
	}
}

func (s *server) close() {
	path := s.listener.Addr().String()
	s.listener.Close()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for conn := range s.open {
		conn.Close()
	}
	os.Remove(path)
}
