package wire

import (
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"circuitbook/sparsenn/suitetest"
)

// has is what a room holds now.
func (r *room) has() (sum uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.open {
		sum += c.share.size
	}
	return sum + r.queued
}

// inRoom is a connection of nobody, in a room.
func inRoom(r *room) *guardedConn {
	a, b := net.Pipe()
	go io.Copy(io.Discard, b)
	return newGuardedConn(a, bounds{message: MaxMessage, room: r})
}

// TestRoomBounds: whatever connections do, no more than the limit is held, and
// all of it is given back.
func TestRoomBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRoom(1000)
		var conns []*guardedConn
		for range 8 {
			conns = append(conns, inRoom(r))
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			c := rapid.SampledFrom(conns).Draw(t, "connection")
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0, 1:
				n := uint64(rapid.IntRange(0, 400).Draw(t, "bytes"))
				if r.has()+n > r.limit && (r.queued > 0 || c.share.size+n > r.limit) {
					continue // it would wait
				}
				was := c.share.gone
				if err := r.announce(c, n); (err != nil) != was {
					t.Fatalf("announcing: %v", err)
				}
			case 2:
				size, was := c.share.size, c.share.gone
				if err := r.finish(c); (err != nil) != was {
					t.Fatalf("finishing: %v", err)
				}
				if rapid.Bool().Draw(t, "taken") {
					r.taken([][]byte{make([]byte, size)})
				}
			case 3:
				_ = c.Close()
			}
			if r.has() > r.limit {
				t.Fatalf("%d bytes are held, of %d", r.has(), r.limit)
			}
		}
		for _, c := range conns {
			_ = c.Close()
		}
		if r.has() != r.queued || len(r.open) > 0 {
			t.Fatalf("%d bytes are held for nobody", r.has()-r.queued)
		}
	})
}

// TestRoomOldest: who is given up is who has been amid a message for longest, and
// not who asks.
func TestRoomOldest(t *testing.T) {
	r := newRoom(100)
	a, b, c := inRoom(r), inRoom(r), inRoom(r)
	for _, step := range []struct {
		conn *guardedConn
		n    uint64
		want error
	}{{a, 40, nil}, {b, 40, nil}, {a, 10, nil}, {c, 20, nil}, {a, 1, errCrowded}, {b, 20, nil}, {c, 30, nil}, {b, 1, errCrowded}} {
		if err := r.announce(step.conn, step.n); !errors.Is(err, step.want) {
			t.Fatalf("%+v: %v", step, err)
		}
	}
	if err := r.finish(a); !errors.Is(err, errCrowded) {
		t.Errorf("a message of one that was given up is complete: %v", err)
	}
	if err := r.finish(c); err != nil || r.queued != 50 {
		t.Errorf("%v, %d", err, r.queued)
	}
}

// TestRoomWaits: complete messages that nobody has taken have others wait, and
// nobody be given up.
func TestRoomWaits(t *testing.T) {
	r := newRoom(100)
	a, b := inRoom(r), inRoom(r)
	if err := errors.Join(r.announce(a, 90), r.finish(a)); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for _, c := range []*guardedConn{a, b} {
		group.Go(func() {
			if err := errors.Join(r.announce(c, 40), r.finish(c)); err != nil {
				t.Error(err)
			}
		})
	}
	r.taken([][]byte{make([]byte, 40), make([]byte, 50)})
	group.Wait()
	// One that waits and is closed waits no more.
	c := inRoom(r)
	done := make(chan error, 1)
	go func() { done <- r.announce(c, 90) }()
	_ = c.Close()
	if err := <-done; !errors.Is(err, errCrowded) {
		t.Errorf("got %v", err)
	}
}

// TestUnfinishedMessages: while many peers without the key announce much and send
// no end of it, a client is served, and no more is held than there is room for.
func TestUnfinishedMessages(t *testing.T) {
	ctx := t.Context()
	endpoint := "ipc://" + filepath.Join(t.TempDir(), "s")
	log := slog.New(slog.DiscardHandler)
	server, err := Listen(ctx, "router", "shell", endpoint, newCodec(t, "", "key"), log)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	go server.Receive(ctx, func(m *Message) { server.Send(m) }, nil)
	const fit = maxHeld / (60 << 20)
	var conns []net.Conn
	for range 30 {
		conn, err := net.Dial("unix", strings.TrimPrefix(endpoint, "ipc://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		say := append(greeting(), frame(flagCommand, ready("Socket-Type", "DEALER"))...)
		say = append(binary.BigEndian.AppendUint64(append(say, flagLong), 60<<20), 'x')
		if _, err := conn.Write(say); err != nil {
			t.Fatal(err)
		}
		// It is read before the next one comes, and before the client: there is room for
		// fit of them, and the next has the first of these given up.
		conns = append(conns, conn)
		if n := len(conns); n <= fit {
			for end := time.Now().Add(suitetest.Patience); held.amid() < n && time.Now().Before(end); {
				time.Sleep(time.Millisecond)
			}
		} else {
			first := conns[n-1-fit]
			_ = first.SetReadDeadline(time.Now().Add(suitetest.Patience))
			if _, err := io.Copy(io.Discard, first); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatal("the oldest message is not given up")
			}
		}
	}
	client, err := Dial(ctx, "dealer", "client", endpoint, "me", newCodec(t, "", "key"), log)
	if err != nil {
		t.Fatal(err)
	}
	back := make(chan *Message, 1)
	go client.Receive(ctx, func(m *Message) { back <- m }, nil)
	m := message(`{"text": "` + strings.Repeat("x", 1<<20) + `"}`)
	m.Identities = nil
	client.Send(m)
	select {
	case <-back:
	case <-time.After(suitetest.Patience):
		t.Error("the client got no answer")
	}
	if got := held.has(); got > maxHeld {
		t.Errorf("%d bytes are held, of %d", got, maxHeld)
	}
	_ = server.Close()
	for end := time.Now().Add(suitetest.Patience); held.has() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d bytes are held for a socket that is closed", held.has())
		}
	}
}

// amid is how many connections are amid a message.
func (r *room) amid() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.open)
}

// TestSmallMessages: who may only subscribe, or send heartbeats, sends little.
func TestSmallMessages(t *testing.T) {
	f := follower{bounds: bounds{message: maxSmall, all: maxSubscribed}}
	if err := f.take(frame(0, make([]byte, maxSmall))); err != nil {
		t.Error(err)
	}
	if err := f.take(frame(0, make([]byte, maxSmall+1))); !errors.Is(err, ErrTooLarge) {
		t.Errorf("one that is too large: %v", err)
	}
	f = follower{bounds: f.bounds}
	var err error
	for range 2 * maxSubscribed / maxSmall {
		err = errors.Join(err, f.take(frame(0, make([]byte, maxSmall))))
	}
	if !errors.Is(err, ErrTooLarge) {
		t.Errorf("many: %v", err)
	}
}
