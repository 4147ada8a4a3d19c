package relay

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"circuitbook/kernel/internal/typing"
	"circuitbook/kernel/internal/wire"
	"circuitbook/sparsenn/suitetest"
)

// A fakeGoNB plays GoNB: what it does with a cell is said by the cell itself,
// see run.
type fakeGoNB struct {
	t            testing.TB
	shell, iopub *wire.Socket
	stdin        *wire.Socket
	mu           sync.Mutex
	got          []string // sources
	left         atomic.Bool
	typed        chan string
	interrupted  chan bool
	release      chan bool
}

func (f *fakeGoNB) Interrupt(kill bool) { f.interrupted <- kill }
func (f *fakeGoNB) Reading() string     { return "" }
func (f *fakeGoNB) Left() bool          { return f.left.Load() }
func (f *fakeGoNB) CanRead() bool       { return true }

// sources lists the cells that GoNB got.
func (f *fakeGoNB) sources() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.got)
}

// start opens GoNB's sockets as the connection file says.
func (f *fakeGoNB) start(ctx context.Context, file string) {
	conn, err := wire.ReadConnection(file)
	if err != nil {
		f.t.Fatal(err)
	}
	codec, err := wire.NewCodec(conn.Scheme, conn.Key)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, s := range []struct {
		to   **wire.Socket
		kind string
		port int
	}{{&f.iopub, "pub", conn.IOPub}, {&f.shell, "router", conn.Shell}, {&f.stdin, "router", conn.Stdin}} {
		if *s.to, err = wire.Listen(ctx, s.kind, "GoNB", conn.Endpoint(s.port), codec, slog.New(slog.DiscardHandler)); err != nil {
			f.t.Fatal(err)
		}
	}
	go f.stdin.Receive(ctx, func(m *wire.Message) {
		var in struct{ Value string }
		_ = m.Bind(&in)
		f.typed <- in.Value
	}, nil)
	requests := make(chan *wire.Message, 99)
	go f.shell.Receive(ctx, func(m *wire.Message) { requests <- m }, nil)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case m := <-requests:
				f.answer(m)
			}
		}
	}()
}

func (f *fakeGoNB) publish(m *wire.Message, kind string, content any) {
	f.iopub.Send(&wire.Message{Identities: m.Identities, Header: wire.NewHeader(kind, "g"), Parent: m.RawHeader(), Content: encode(content)})
}

func (f *fakeGoNB) answer(m *wire.Message) {
	f.publish(m, "status", map[string]any{"execution_state": "busy"})
	defer f.publish(m, "status", map[string]any{"execution_state": "idle"})
	content := map[string]any{"status": "ok"}
	if m.Header.Type == "execute_request" {
		var in struct{ Code string }
		_ = m.Bind(&in)
		f.mu.Lock()
		f.got = append(f.got, in.Code)
		f.mu.Unlock()
		content = f.run(m, in.Code)
	}
	f.shell.Send(&wire.Message{Identities: m.Identities, Header: wire.NewHeader(strings.Replace(m.Header.Type, "request", "reply", 1), "g"),
		Parent: m.RawHeader(), Content: encode(content)})
}

// run does what the comments of a cell say, a line each: "// out TEXT" and
// "// err TEXT" print the JSON string TEXT, "// fail TEXT" is GoNB's error,
// "// result TEXT" writes the result, "// wait" waits to be released,
// "// show TEXT" displays HTML, "// ask" asks the user, "// comm" opens one,
// "// large" and "// broken" display what cannot be shown.
func (f *fakeGoNB) run(m *wire.Message, code string) map[string]any {
	reply := map[string]any{"status": "ok", "execution_count": 77}
	for line := range strings.Lines(code) {
		word, rest, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "// "), " ")
		var text string
		_ = json.Unmarshal([]byte(rest), &text)
		switch word {
		case "out":
			f.publish(m, "stream", map[string]any{"name": "stdout", "text": text})
		case "err":
			f.publish(m, "stream", map[string]any{"name": "stderr", "text": text})
		case "show":
			f.publish(m, "display_data", map[string]any{"data": map[string]any{"text/html": text}})
		case "large":
			f.publish(m, "display_data", map[string]any{"data": strings.Repeat("x", wire.MaxMessage)})
		case "broken":
			f.publish(m, "display_data", json.RawMessage("no"))
		case "comm":
			f.publish(m, "comm_open", map[string]any{"comm_id": "c1", "target_name": "w", "data": map[string]any{}})
		case "ask":
			f.stdin.Send(&wire.Message{Identities: m.Identities, Header: wire.NewHeader("input_request", "g"), Parent: m.RawHeader(),
				Content: encode(map[string]any{"prompt": "name?", "password": true})})
			select {
			case got := <-f.typed:
				f.publish(m, "stream", map[string]any{"name": "stdout", "text": got})
			case <-f.release:
			}
		case "wait":
			<-f.release
		case "result":
			if err := os.WriteFile(filepath.Join(dirOf(f), "result"), []byte(text), 0o600); err != nil {
				f.t.Error(err)
			}
		case "fail":
			reply = map[string]any{"status": "error", "ename": "ERROR", "evalue": text, "traceback": []string{text}}
			f.publish(m, "error", map[string]any{"ename": "ERROR", "evalue": text, "traceback": []string{text}})
		}
	}
	return reply
}

// dirs are the kernels' folders.
var dirs sync.Map

func dirOf(f *fakeGoNB) string {
	dir, _ := dirs.Load(f)
	return dir.(string)
}

// noHelp is a Helper with one package.
type noHelp struct{}

func (noHelp) Packages() []string      { return []string{"fmt"} }
func (noHelp) Methods(string) []string { return nil }
func (noHelp) Verbs() []string         { return []string{"Train"} }
func (noHelp) Paths() []string         { return []string{"fmt"} }
func (noHelp) Members(name string) []string {
	if name == "fmt" {
		return []string{"Print", "Println", "Sprint"}
	}
	return nil
}
func (noHelp) Doc(_ context.Context, pkg, member string) string {
	if pkg == "fmt" {
		return "doc of " + pkg + "." + member
	}
	return ""
}

func (noHelp) DocAt(_ context.Context, path, member string) string {
	return "doc at " + path + "." + member
}
func (noHelp) Warm(context.Context) {}

// slowWord is one that takes the type checker longer than anybody waits.
const slowWord = "slow."

func (noHelp) Following(ctx context.Context, p typing.Place) []typing.Member {
	switch {
	case strings.HasSuffix(p.Before, slowWord):
		<-ctx.Done()
	case strings.HasSuffix(p.Before, "typed."):
		return []typing.Member{{Name: "Alpha", Kind: "field", Type: "int"}, {Name: "Also", Kind: "function", Type: "func()"}, {Name: "Beta"}}
	case strings.HasSuffix(p.Before, "fmt.") && strings.Contains(p.Before, "fmt := "):
		return []typing.Member{{Name: "Private"}}
	}
	return nil
}

func (noHelp) Describe(_ context.Context, p typing.Place) (o typing.Object, ok bool) {
	switch {
	case strings.HasSuffix(p.Before, "typed.Alpha"):
		return typing.Object{Text: "field Alpha int", Package: "some/path", Name: "T.Alpha"}, true
	case strings.HasSuffix(p.Before, "local"):
		return typing.Object{Text: "var local int"}, true
	}
	return o, false
}

// A front is a front end.
type front struct {
	t                    testing.TB
	gonb                 *fakeGoNB
	shell, control       *wire.Socket
	stdin, iopub         *wire.Socket
	replies, said, input chan *wire.Message
	stopped              <-chan struct{}
	help                 func(Helper)
}

// patient are the limits of a test, which no busy machine reaches.
var patient = limits{start: suitetest.Patience, types: suitetest.Patience, answer: suitetest.Patience, end: suitetest.Patience}

// newFront returns a front end with a relay before a fake GoNB, and a helper.
func newFront(t testing.TB, l limits) *front {
	f := unhelped(t, l)
	f.help(noHelp{})
	return f
}

// unhelped is newFront without a helper.
func unhelped(t testing.TB, l limits) *front {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	dir := t.TempDir()
	conn, err := wire.NewConnection(dir)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "kernel-1.json")
	quiet := slog.New(slog.DiscardHandler)
	r, err := New(ctx, Config{Connection: conn, File: file, Version: "1.2", Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	r.limits = l
	rctx, stop := context.WithCancel(ctx)
	f := &front{t: t, replies: make(chan *wire.Message, 99), said: make(chan *wire.Message, 999), input: make(chan *wire.Message, 9), stopped: rctx.Done(),
		gonb: &fakeGoNB{t: t, typed: make(chan string, 9), interrupted: make(chan bool, 9), release: make(chan bool)}}
	go r.Run(rctx, stop)
	f.help = r.Help
	kernel := t.TempDir()
	dirs.Store(f.gonb, kernel)
	name, err := r.Prepare(kernel)
	if err != nil {
		t.Fatal(err)
	}
	r.Started(ctx, f.gonb)
	f.gonb.start(ctx, name)
	codec, err := wire.NewCodec(conn.Scheme, conn.Key)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		to   **wire.Socket
		kind string
		port int
		ch   chan *wire.Message
	}{
		{&f.iopub, "sub", conn.IOPub, f.said}, {&f.shell, "dealer", conn.Shell, f.replies},
		{&f.control, "dealer", conn.Control, f.replies}, {&f.stdin, "dealer", conn.Stdin, f.input},
	} {
		if *s.to, err = wire.Dial(ctx, s.kind, "front", conn.Endpoint(s.port), "me", codec, quiet); err != nil {
			t.Fatal(err)
		}
		go (*s.to).Receive(ctx, func(m *wire.Message) { s.ch <- m }, nil)
	}
	// Until what is published about a request arrives, whole.
	for end := time.Now().Add(suitetest.Patience); time.Now().Before(end); {
		id := f.send(f.shell, "kernel_info_request", nil)
		f.next(f.replies, id)
		if f.over(id, 50*time.Millisecond) {
			return f
		}
	}
	t.Fatal("nothing is published")
	return nil
}

// over drops what is published up to the end of the request id, and reports
// whether that came in time.
func (f *front) over(id string, limit time.Duration) bool {
	f.t.Helper()
	late := time.After(limit)
	for {
		select {
		case m := <-f.said:
			var c struct {
				State string `json:"execution_state"`
			}
			if err := m.Bind(&c); err != nil {
				f.t.Fatal(err)
			}
			if c.State == "idle" && m.ParentID() == id {
				return true
			}
		case <-late:
			return false
		}
	}
}

// begin sends a cell and waits until GoNB has it.
func (f *front) begin(content map[string]any) (id string) {
	f.t.Helper()
	before := len(f.gonb.sources())
	id = f.send(f.shell, "execute_request", content)
	for end := time.Now().Add(suitetest.Patience); len(f.gonb.sources()) == before; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			f.t.Fatal("GoNB does not get the cell")
		}
	}
	return id
}

// send sends a request and returns its id.
func (f *front) send(s *wire.Socket, kind string, content map[string]any) string {
	if content == nil {
		content = map[string]any{}
	}
	m := &wire.Message{Header: wire.NewHeader(kind, "front"), Content: encode(content)}
	s.Send(m)
	return m.Header.ID
}

// next is the next message from ch, which must answer the request id.
func (f *front) next(ch chan *wire.Message, id string) (*wire.Message, map[string]any) {
	f.t.Helper()
	select {
	case m := <-ch:
		content := map[string]any{}
		if err := m.Bind(&content); err != nil {
			f.t.Fatal(err)
		}
		if id != "" && m.ParentID() != id {
			f.t.Fatalf("%s answers %s, not %s: %s", m.Header.Type, m.ParentID(), id, m.Content)
		}
		return m, content
	case <-time.After(suitetest.Patience):
		f.t.Fatal("nothing came")
		return nil, nil
	}
}

// ask sends a request and returns the reply, and what was published about it in
// one line each.
func (f *front) ask(kind string, content map[string]any) (reply map[string]any, said []string) {
	f.t.Helper()
	id := f.send(f.shell, kind, content)
	return f.heard(id)
}

func (f *front) heard(id string) (reply map[string]any, said []string) {
	f.t.Helper()
	_, reply = f.next(f.replies, id)
	for {
		m, c := f.next(f.said, id)
		switch m.Header.Type {
		case "status":
			said = append(said, fmt.Sprint(c["execution_state"]))
			if c["execution_state"] == "idle" {
				return reply, said
			}
		case "stream":
			said = append(said, fmt.Sprintf("%v %q", c["name"], c["text"]))
		case "execute_input":
			said = append(said, fmt.Sprintf("input %v", c["execution_count"]))
		case "error":
			said = append(said, fmt.Sprintf("%v: %v", c["ename"], c["evalue"]))
		case "execute_result", "display_data":
			said = append(said, fmt.Sprintf("%s %v", m.Header.Type, c["data"]))
		default:
			said = append(said, m.Header.Type)
		}
	}
}
