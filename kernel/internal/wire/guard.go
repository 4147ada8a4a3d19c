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
// transports below stand before it: a connection that announces too much, or
// is malformed, is closed before the library sees it, and one that says
// nothing keeps nobody waiting.

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

func init() {
	for name, network := range map[string]string{"guarded-tcp": "tcp", "guarded-ipc": "unix"} {
		if err := zmq4.RegisterTransport(name, guarded{transport.New(network)}); err != nil {
			panic(err) // the names are this package's own
		}
	}
}

// guarded is a transport whose listeners accept guarded connections.
type guarded struct{ transport.Transport }

func (g guarded) Listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := g.Transport.Listen(ctx, addr)
	if err != nil {
		return nil, err
	}
	return newListener(l), nil
}

// A listener hands out connections that have begun to speak.
type listener struct {
	net.Listener
	ready chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newListener(l net.Listener) *listener {
	g := &listener{Listener: l, ready: make(chan net.Conn), done: make(chan struct{})}
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
			_ = conn.SetReadDeadline(time.Now().Add(greetingTime))
			first := make([]byte, 1)
			if _, err := conn.Read(first); err != nil {
				conn.Close()
				return
			}
			select {
			case l.ready <- &guardedConn{Conn: conn, pending: first}:
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

// A guardedConn reads from a peer what may be handed on.
type guardedConn struct {
	net.Conn
	pending  []byte // was read already
	greeting int    // bytes of the greeting that were handed on
	greeted  bool   // the peer has introduced itself
	follow   follower
	failed   error
}

func (c *guardedConn) Read(p []byte) (int, error) {
	if c.failed == nil && c.greeting == greetingSize && !c.greeted {
		c.fail(c.introduction())
	}
	if c.failed != nil || len(p) == 0 {
		return 0, c.failed
	}
	if c.greeting < greetingSize {
		p = p[:min(len(p), greetingSize-c.greeting)]
	}
	var n int
	var err error
	if len(c.pending) > 0 {
		n = copy(p, c.pending)
		c.pending = c.pending[n:]
	} else {
		n, err = c.Conn.Read(p)
	}
	if c.greeting < greetingSize {
		c.greeting += n
	} else if c.fail(c.follow.take(p[:n])); c.failed != nil {
		return 0, c.failed
	}
	return n, err
}

// fail closes the connection for the reason err, if it is one. The library
// forgets a connection that is at its end.
func (c *guardedConn) fail(err error) {
	if err != nil {
		c.failed = fmt.Errorf("%w: %w", err, io.EOF)
		_ = c.Conn.Close()
	}
}

// introduction reads the command that follows the greeting, whole.
func (c *guardedConn) introduction() error {
	head := make([]byte, 2, 9)
	if _, err := io.ReadFull(c.Conn, head); err != nil {
		return err
	}
	size := uint64(head[1])
	if head[0]&flagLong != 0 {
		head = head[:9]
		if _, err := io.ReadFull(c.Conn, head[2:]); err != nil {
			return err
		}
		size = binary.BigEndian.Uint64(head[1:])
	}
	if size > maxIntro {
		return fmt.Errorf("%w: an introduction of %d bytes", ErrTooLarge, size)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(c.Conn, body); err != nil {
		return err
	}
	if head[0]&flagCommand == 0 || head[0]&flagMore != 0 || !validIntro(body) {
		return fmt.Errorf("%w: a peer that does not introduce itself", ErrMalformed)
	}
	c.pending = append(head, body...)
	c.greeted = true
	return c.SetReadDeadline(time.Time{})
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

// A follower follows a stream of frames and says when one is too large.
type follower struct {
	head   []byte // of the frame that begins
	body   uint64 // bytes of the current frame that are to come
	frames int    // of the current message
	total  uint64 // bytes of the current message
}

func (f *follower) take(p []byte) error {
	for len(p) > 0 {
		if f.body > 0 {
			n := min(f.body, uint64(len(p)))
			f.body -= n
			p = p[n:]
			continue
		}
		f.head, p = append(f.head, p[0]), p[1:]
		need := 2
		if f.head[0]&flagLong != 0 {
			need = 9
		}
		if len(f.head) < need {
			continue
		}
		if err := f.begin(); err != nil {
			return err
		}
	}
	return nil
}

// begin takes note of a frame whose head is complete.
func (f *follower) begin() error {
	flags, size := f.head[0], uint64(f.head[1])
	if flags&flagLong != 0 {
		size = binary.BigEndian.Uint64(f.head[1:])
	}
	f.head = f.head[:0]
	if size > MaxMessage {
		return fmt.Errorf("%w: a frame of %d bytes", ErrTooLarge, size)
	}
	f.body = size
	f.frames++
	f.total += size
	if f.frames > MaxFrames || f.total > MaxMessage {
		return fmt.Errorf("%w: %d frames of %d bytes", ErrTooLarge, f.frames, f.total)
	}
	if flags&flagMore == 0 {
		f.frames, f.total = 0, 0
	}
	return nil
}
