package wire

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/transport"
)

// ZeroMQ's library trusts the sizes that a peer announces and the form of what
// it introduces itself with, and it greets one peer after the other. The
// transports below stand before it: they greet each peer by themselves, at the
// same time as others, and the library sees only those that introduce
// themselves well. A connection that announces too much later is closed.

// What a connection begins with, and how long that may take.
const (
	greetingSize = 64
	maxIntro     = 4 << 10 // bytes of the command by which a peer introduces itself
	greetingTime = 3 * time.Second
)

// Flags of a frame.
const (
	flagMore    = 1
	flagLong    = 2
	flagCommand = 4
)

// The prefixes of endpoints that are guarded: where messages are requests, and
// where they are subscriptions or heartbeats, which are small.
const (
	guardedEndpoint = "guarded-"
	smallEndpoint   = "small-"
)

func init() {
	for name, network := range map[string]string{"tcp": "tcp", "ipc": "unix"} {
		err := errors.Join(
			zmq4.RegisterTransport(guardedEndpoint+name, guarded{transport.New(network), bounds{message: MaxMessage, room: held}}),
			zmq4.RegisterTransport(smallEndpoint+name, guarded{transport.New(network), bounds{message: maxSmall, all: maxSubscribed}}),
		)
		if err != nil {
			panic(err) // the names are this package's own
		}
	}
}

// bounds are those of a connection.
type bounds struct {
	message uint64 // bytes of a message
	all     uint64 // bytes of all messages, 0 for no bound
	room    *room  // what all connections share, nil for none
}

// guarded is a transport whose listeners accept guarded connections.
type guarded struct {
	transport.Transport
	bounds bounds
}

func (g guarded) Listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := g.Transport.Listen(ctx, addr)
	if err != nil {
		return nil, err
	}
	return newListener(l, g.bounds), nil
}

// A listener hands out connections that have begun to speak.
type listener struct {
	net.Listener
	bounds bounds
	ready  chan net.Conn
	done   chan struct{}
	once   sync.Once
}

func newListener(l net.Listener, b bounds) *listener {
	g := &listener{Listener: l, bounds: b, ready: make(chan net.Conn), done: make(chan struct{})}
	go g.accept()
	return g
}

func (l *listener) accept() {
	for {
		conn, err := l.Listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(10 * time.Millisecond) // too many files are open, perhaps
			continue
		}
		go func() {
			g := newGuardedConn(conn, l.bounds)
			if err := g.greet(); err != nil {
				conn.Close()
				return
			}
			select {
			case l.ready <- g:
			case <-l.done:
				conn.Close()
			}
		}()
	}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.ready:
		return conn, nil
	case <-l.done:
		time.Sleep(time.Millisecond) // the library asks again until it notices
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

// ownGreeting is what the library says first: no security, version 3.0.
var ownGreeting = func() []byte {
	b := make([]byte, greetingSize)
	b[0], b[9], b[10] = 0xff, 0x7f, 3
	copy(b[12:], "NULL")
	return b
}()

// A guardedConn is a connection to a peer that was greeted.
type guardedConn struct {
	net.Conn
	pending []byte // was read already
	written int    // bytes of the library's greeting that were not sent again
	follow  follower
	share   share
	failed  error
}

func newGuardedConn(conn net.Conn, b bounds) *guardedConn {
	c := &guardedConn{Conn: conn}
	c.follow = follower{bounds: b, conn: c}
	return c
}

// Close closes the connection. What it has announced is announced no more.
func (c *guardedConn) Close() error {
	c.follow.room.leave(c)
	return c.Conn.Close()
}

// greet greets the peer and reads what it introduces itself with.
func (c *guardedConn) greet() error {
	if err := c.SetDeadline(time.Now().Add(greetingTime)); err != nil {
		return err
	}
	if _, err := c.Conn.Write(ownGreeting); err != nil {
		return err
	}
	const signature = 10
	b := make([]byte, greetingSize)
	if _, err := io.ReadFull(c.Conn, b[:signature]); err != nil {
		return err
	}
	if b[0] != ownGreeting[0] || b[signature-1] != ownGreeting[signature-1] {
		return fmt.Errorf("%w: a peer that does not speak ZeroMQ", ErrMalformed)
	}
	if _, err := io.ReadFull(c.Conn, b[signature:]); err != nil {
		return err
	}
	intro, err := c.introduction()
	if err != nil {
		return err
	}
	c.pending = append(b, intro...)
	_ = c.SetDeadline(time.Time{}) // who is gone already is noticed by reading
	return nil
}

// introduction reads the command that follows the greeting, whole.
func (c *guardedConn) introduction() ([]byte, error) {
	head := make([]byte, 2, 9)
	if _, err := io.ReadFull(c.Conn, head); err != nil {
		return nil, err
	}
	size := uint64(head[1])
	if head[0]&flagLong != 0 {
		head = head[:9]
		if _, err := io.ReadFull(c.Conn, head[2:]); err != nil {
			return nil, err
		}
		size = binary.BigEndian.Uint64(head[1:])
	}
	if size > maxIntro {
		return nil, fmt.Errorf("%w: an introduction of %d bytes", ErrTooLarge, size)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(c.Conn, body); err != nil {
		return nil, err
	}
	if head[0]&flagCommand == 0 || head[0]&flagMore != 0 || !validIntro(body) {
		return nil, fmt.Errorf("%w: a peer that does not introduce itself", ErrMalformed)
	}
	return append(head, body...), nil
}

func (c *guardedConn) Read(p []byte) (int, error) {
	if c.failed != nil {
		return 0, c.failed
	}
	if len(c.pending) > 0 {
		n := copy(p, c.pending)
		c.pending = c.pending[n:]
		return n, nil
	}
	n, err := c.Conn.Read(p)
	if bad := c.follow.take(p[:n]); bad != nil {
		// The library forgets a connection that is at its end.
		c.failed = fmt.Errorf("%w: %w", bad, io.EOF)
		_ = c.Close()
		return 0, c.failed
	}
	return n, err
}

func (c *guardedConn) Write(p []byte) (int, error) {
	skip := min(len(p), greetingSize-c.written)
	c.written += skip
	if skip == len(p) {
		return skip, nil
	}
	n, err := c.Conn.Write(p[skip:])
	return skip + n, err
}

// validIntro reports whether body is a command whose data, if it is READY, is
// a list of properties: the length of a name in a byte, the name, the length of
// a value in four, the value.
func validIntro(body []byte) bool {
	if len(body) == 0 || int(body[0]) >= len(body) {
		return false
	}
	name, data := string(body[1:1+body[0]]), body[1+body[0]:]
	if name != zmq4.CmdReady {
		return true // the library refuses it
	}
	for len(data) > 0 {
		n := 1 + int(data[0])
		if len(data) < n+4 {
			return false
		}
		value := binary.BigEndian.Uint32(data[n:])
		if data = data[n+4:]; uint64(value) > uint64(len(data)) {
			return false
		}
		data = data[value:]
	}
	return true
}
