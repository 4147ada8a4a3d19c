// Package relay stands between a Jupyter front end and GoNB. It answers what
// GoNB leaves unanswered, gives GoNB one prepared cell after the other, and
// makes of what GoNB says one result or one error for each.
package relay

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"

	"circuitbook/kernel/internal/cell"
	"circuitbook/kernel/internal/failure"
	"circuitbook/kernel/internal/typing"
	"circuitbook/kernel/internal/wire"
	"circuitbook/kernel/values"
)

// A Process is GoNB, as far as the relay acts on it.
type Process interface {
	// Interrupt interrupts what GoNB runs, or kills it.
	Interrupt(kill bool)
	// Reading returns a file by which what a cell reads from its standard input
	// can be given to it, if it waits for that; "" if it does not.
	Reading() string
	// Left reports whether what GoNB runs has ended, but for something that holds
	// its output.
	Left() bool
	// CanRead reports whether Reading can know.
	CanRead() bool
}

// A Helper answers questions about code. It may take its time.
type Helper interface {
	failure.Guide
	// Doc says what a name is: a package, or a member of one; "" if unknown.
	Doc(ctx context.Context, pkg, member string) string
	// DocAt is like Doc for the package at an import path.
	DocAt(ctx context.Context, path, member string) string
	// Following are what can stand at a place, known by types.
	Following(ctx context.Context, p typing.Place) []typing.Member
	// Describe says what the word before a place stands for, known by types.
	Describe(ctx context.Context, p typing.Place) (typing.Object, bool)
	// Warm reads what the first answer by types would have to wait for.
	Warm(ctx context.Context)
}

// A Config says what a relay needs.
type Config struct {
	Connection wire.Connection // of the front end
	File       string          // the connection file, whose name says the kernel's id
	Version    string          // of this kernel
	Log        *slog.Logger
}

// A Relay is a running relay. All of its state is handled by one goroutine, to
// which the others give functions.
type Relay struct {
	cfg     Config
	limits  limits
	session string
	codec   *wire.Codec
	events  chan func()
	log     *slog.Logger

	shell, control, stdin, iopub *wire.Socket // the front end's
	child                        *child

	helper  Helper   // nil until it is known
	asking  []func() // questions that wait for it
	warmed  bool     // the helper was told that somebody may ask
	dir     string   // of the kernel's files, once it is known
	process Process
	current *execution
	queue   []*request
	waits   bool     // what the running cell was told of the queue
	waiting []func() // for GoNB to be ready
	count   int      // of executions, as Jupyter shows them
	cells   []failure.Known
	history []entry
	names   map[string]bool          // that cells declared
	void    map[string]bool          // functions of cells that return nothing
	kept    map[string]values.Header // the values of cells, and those that have none
	stock   map[string]bool          // what cells of GoNB's own form declare
	numbers cell.Numbers
	methods cell.Methods
	comms   map[string]string
	parents parents
	stop    context.CancelFunc
}

// New opens the sockets for the front end. From then on requests arrive; Run
// answers them.
func New(ctx context.Context, cfg Config) (*Relay, error) {
	codec, err := wire.NewCodec(cfg.Connection.Scheme, cfg.Connection.Key)
	if err != nil {
		return nil, err
	}
	r := &Relay{
		cfg: cfg, limits: usual, session: wire.NewID(), codec: codec, log: cfg.Log, events: make(chan func(), 256),
		names: map[string]bool{}, void: map[string]bool{}, kept: map[string]values.Header{}, stock: map[string]bool{}, comms: map[string]string{}, methods: cell.Methods{},
	}
	c := cfg.Connection
	for _, s := range []struct {
		to         **wire.Socket
		kind, name string
		port       int
	}{
		{&r.shell, "router", "shell", c.Shell}, {&r.control, "router", "control", c.Control},
		{&r.stdin, "router", "stdin", c.Stdin}, {&r.iopub, "pub", "iopub", c.IOPub},
	} {
		if *s.to, err = wire.Listen(ctx, s.kind, s.name, c.Endpoint(s.port), codec, cfg.Log); err != nil {
			return nil, fmt.Errorf("the %s socket: %w", s.name, err)
		}
	}
	heartbeat, err := wire.Listen(ctx, "echo", "heartbeat", c.Endpoint(c.Heartbeat), codec, cfg.Log)
	if err != nil {
		return nil, fmt.Errorf("the heartbeat socket: %w", err)
	}
	go heartbeat.Echo(ctx)
	return r, nil
}

// Prepare writes the connection file for GoNB into the folder dir, where the
// kernel keeps its files, and returns its name.
func (r *Relay) Prepare(dir string) (string, error) {
	conn, err := wire.NewConnection(dir)
	if err != nil {
		return "", err
	}
	codec, err := wire.NewCodec(conn.Scheme, conn.Key)
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, filepath.Base(r.cfg.File))
	if err := conn.Write(name); err != nil {
		return "", err
	}
	r.post(func() {
		r.dir, r.waits = dir, false
		r.tellWaiting()
		r.child = &child{conn: conn, codec: codec.Trusting(), id: wire.NewID(), session: wire.NewID(), log: r.log}
	})
	return name, nil
}

// Help gives the relay somebody to ask about code. Questions of before wait for it, up
// to a limit, and then are answered from the cells and the language alone.
func (r *Relay) Help(h Helper) {
	r.post(func() {
		r.helper = h
		r.askNow()
	})
	go h.Packages() // reads much, once
}

// Started tells the relay that GoNB was started.
func (r *Relay) Started(ctx context.Context, p Process) {
	r.post(func() {
		r.process = p
		go r.child.connect(ctx, r)
	})
}

// Run answers requests until ctx ends. A request to shut down calls stop.
func (r *Relay) Run(ctx context.Context, stop context.CancelFunc) {
	r.stop = stop
	go r.shell.Receive(ctx, func(m *wire.Message) { r.post(func() { r.onShell(ctx, m) }) }, r.refuser(r.shell))
	go r.control.Receive(ctx, func(m *wire.Message) { r.post(func() { r.onControl(m) }) }, r.refuser(r.control))
	go r.stdin.Receive(ctx, func(m *wire.Message) { r.post(func() { r.onStdin(m) }) }, nil)
	r.status("starting", json.RawMessage("{}"))
	for {
		select {
		case <-ctx.Done():
			return
		case f := <-r.events:
			f()
		}
	}
}

// post has f called by the relay's goroutine.
func (r *Relay) post(f func()) { r.events <- f }

// Interrupt interrupts the running cell.
func (r *Relay) Interrupt() { go r.post(r.interrupt) }

// publish tells all front ends something about a request.
func (r *Relay) publish(kind string, parent json.RawMessage, content any, metadata json.RawMessage, buffers [][]byte) {
	r.iopub.Send(&wire.Message{
		Identities: [][]byte{[]byte("kernel." + r.session + "." + kind)},
		Header:     wire.NewHeader(kind, r.session), Parent: parent,
		Metadata: metadata, Content: encode(content), Buffers: buffers,
	})
}

// status tells all front ends what the kernel does.
func (r *Relay) status(state string, parent json.RawMessage) {
	r.publish("status", parent, map[string]any{"execution_state": state}, nil, nil)
}

// reply answers the request m, which came through s.
func (r *Relay) reply(s *wire.Socket, m *wire.Message, kind string, content any) {
	s.Send(&wire.Message{
		Identities: m.Identities, Header: wire.NewHeader(kind, r.session),
		Parent: m.RawHeader(), Content: encode(content),
	})
}

// encode returns content as JSON; it may be JSON already.
func encode(content any) json.RawMessage {
	if text, ok := content.(json.RawMessage); ok {
		return text
	}
	text, err := json.Marshal(content)
	if err != nil {
		return json.RawMessage("{}") // it holds nothing that cannot be encoded
	}
	return text
}

// parents remembers the headers of the last requests that were passed on, by
// the ids that they were given.
type parents struct {
	by   map[string]json.RawMessage
	ring []string
	next int
}

const maxParents = 1024

func (p *parents) put(id string, header json.RawMessage) {
	if p.by == nil {
		p.by = map[string]json.RawMessage{}
	}
	p.by[id] = header
	if len(p.ring) < maxParents {
		p.ring = append(p.ring, id)
		return
	}
	delete(p.by, p.ring[p.next])
	p.ring[p.next] = id
	p.next = (p.next + 1) % maxParents
}
