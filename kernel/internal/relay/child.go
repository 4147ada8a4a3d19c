package relay

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"circuitbook/kernel/internal/wire"
)

// A child is the connection to GoNB.
type child struct {
	conn    wire.Connection
	codec   *wire.Codec
	id      string // by which GoNB's sockets know this one
	session string
	log     *slog.Logger

	shell, stdin *wire.Socket
	ready        bool
	probes       map[string]bool
}

// probing is how often GoNB is asked whether it is there.
const probing = 20 * time.Millisecond

// connect opens the sockets to GoNB, as soon as it listens, and asks it until
// an answer shows that what it publishes arrives.
func (c *child) connect(ctx context.Context, r *Relay) {
	iopub, err := wire.Dial(ctx, "sub", "GoNB iopub", c.conn.Endpoint(c.conn.IOPub), c.id, c.codec, c.log)
	if err != nil {
		return // ctx has ended, or GoNB has
	}
	shell, err := wire.Dial(ctx, "dealer", "GoNB shell", c.conn.Endpoint(c.conn.Shell), c.id, c.codec, c.log)
	if err != nil {
		return
	}
	stdin, err := wire.Dial(ctx, "dealer", "GoNB stdin", c.conn.Endpoint(c.conn.Stdin), c.id, c.codec, c.log)
	if err != nil {
		return
	}
	r.post(func() { c.shell, c.stdin, c.probes = shell, stdin, map[string]bool{} })
	go iopub.Receive(ctx, func(m *wire.Message) { r.post(func() { r.onGoNB(m) }) },
		func(_ *wire.Message, err error) { r.post(func() { r.lost(err.Error()) }) })
	go shell.Receive(ctx, func(m *wire.Message) { r.post(func() { r.onReply(m) }) }, nil)
	go stdin.Receive(ctx, func(m *wire.Message) { r.post(func() { r.onInputRequest(m) }) }, nil)
	tick := time.NewTicker(probing)
	defer tick.Stop()
	for wait := probing; ; wait = min(2*wait, time.Second) {
		done := make(chan bool, 1)
		r.post(func() {
			if !c.ready {
				c.probes[c.send(c.shell, "kernel_info_request", map[string]any{}, nil, nil)] = true
			}
			done <- c.ready
		})
		select {
		case <-ctx.Done():
			return
		case ready := <-done:
			if ready {
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// send sends GoNB a message and returns the id that it was given.
func (c *child) send(s *wire.Socket, kind string, content any, metadata json.RawMessage, buffers [][]byte) string {
	header := wire.NewHeader(kind, c.session)
	s.Send(&wire.Message{Header: header, Metadata: metadata, Content: encode(content), Buffers: buffers})
	return header.ID
}

// whenReady has f called once GoNB answers.
func (r *Relay) whenReady(f func()) {
	if r.child != nil && r.child.ready {
		f()
		return
	}
	r.waiting = append(r.waiting, f)
}

// onGoNB takes what GoNB publishes.
func (r *Relay) onGoNB(m *wire.Message) {
	id := m.ParentID()
	if r.child.probes[id] {
		if !r.child.ready {
			r.child.ready = true
			waiting := r.waiting
			r.waiting = nil
			for _, f := range waiting {
				f()
			}
		}
		return
	}
	if e := r.current; e != nil && e.id == id {
		r.onOutput(e, m)
		return
	}
	parent, known := r.parents.by[id]
	switch m.Header.Type {
	case "status", "execute_input", "error":
		return
	}
	if known {
		r.passOn(m, parent)
	}
}

// passOn publishes what GoNB did, as about the request with the header parent.
func (r *Relay) passOn(m *wire.Message, parent json.RawMessage) {
	switch m.Header.Type {
	case "comm_open":
		var open comm
		if m.Bind(&open) == nil {
			r.comms[open.ID] = open.Target
		}
	case "comm_close":
		var closed comm
		if m.Bind(&closed) == nil {
			delete(r.comms, closed.ID)
		}
	}
	r.publish(m.Header.Type, parent, m.Content, m.Metadata, m.Buffers)
}

// A comm is a channel between a program and its display.
type comm struct {
	ID     string `json:"comm_id"`
	Target string `json:"target_name"`
}
