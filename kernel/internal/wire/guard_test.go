package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

// greeting is what a peer says first.
func greeting() []byte {
	b := make([]byte, greetingSize)
	b[0], b[8], b[9], b[10] = 0xff, 1, 0x7f, 3
	copy(b[12:], "NULL")
	return b
}

// frame is one as it is sent.
func frame(flags byte, body []byte) []byte {
	if len(body) < 256 && flags&flagLong == 0 {
		return append([]byte{flags, byte(len(body))}, body...)
	}
	return append(binary.BigEndian.AppendUint64([]byte{flags | flagLong}, uint64(len(body))), body...)
}

// ready is the command by which a peer introduces itself.
func ready(properties ...string) []byte {
	b := []byte("\x05READY")
	for i := 0; i+1 < len(properties); i += 2 {
		b = append(append(b, byte(len(properties[i]))), properties[i]...)
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(properties[i+1]))), properties[i+1]...)
	}
	return b
}

// guard reads what comes through a guarded connection.
func guard(input []byte, chunk int) ([]byte, error) {
	a, b := net.Pipe()
	go func() {
		for len(input) > 0 {
			n, err := a.Write(input[:min(chunk, len(input))])
			if err != nil {
				break
			}
			input = input[n:]
		}
		a.Close()
	}()
	defer b.Close()
	go io.ReadFull(a, make([]byte, greetingSize))
	c := newGuardedConn(b, bounds{message: MaxMessage})
	if err := c.greet(); err != nil {
		return nil, err
	}
	out, err := io.ReadAll(c)
	if c.failed != nil {
		err = c.failed
	}
	return out, err
}

// TestGuardPasses: what is well formed comes through as it is, however it is
// cut.
func TestGuardPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := append(greeting(), frame(flagCommand, ready("Socket-Type", "DEALER", "Identity", "me"))...)
		for range rapid.IntRange(0, 9).Draw(t, "frames") {
			body := make([]byte, rapid.SampledFrom([]int{0, 1, 255, 256, 5000}).Draw(t, "size"))
			in = append(in, frame(byte(rapid.IntRange(0, 1).Draw(t, "more")), body)...)
		}
		out, err := guard(in, rapid.IntRange(1, 300).Draw(t, "chunk"))
		if err != nil || !bytes.Equal(in, out) {
			t.Fatalf("%v; %d bytes became %d", err, len(in), len(out))
		}
	})
}

func TestGuardRefuses(t *testing.T) {
	well := append(greeting(), frame(flagCommand, ready("Socket-Type", "DEALER"))...)
	huge := func(flags byte, size uint64) []byte {
		return binary.BigEndian.AppendUint64([]byte{flags | flagLong}, size)
	}
	var many []byte
	for range MaxFrames + 1 {
		many = append(many, frame(flagMore, nil)...)
	}
	for name, c := range map[string]struct {
		in   []byte
		want error
	}{
		"a frame of 2^63-1 bytes":  {append(bytes.Clone(well), huge(0, 1<<63-1)...), ErrTooLarge},
		"a frame of 2^64-1 bytes":  {append(bytes.Clone(well), huge(0, 1<<64-1)...), ErrTooLarge},
		"many frames":              {append(bytes.Clone(well), many...), ErrTooLarge},
		"a large introduction":     {append(greeting(), huge(flagCommand, 1<<40)...), ErrTooLarge},
		"another protocol":         {[]byte("GET / HTTP/1.1\r\n"), ErrMalformed},
		"a message at once":        {append(greeting(), frame(0, []byte("x"))...), ErrMalformed},
		"a name past the end":      {append(greeting(), frame(flagCommand, []byte("\x05READY\xffx"))...), ErrMalformed},
		"a value past the end":     {append(greeting(), frame(flagCommand, []byte("\x05READY\x01x\xff\xff\xff\xffx"))...), ErrMalformed},
		"a property without value": {append(greeting(), frame(flagCommand, []byte("\x05READY\x01x\x00"))...), ErrMalformed},
		"an empty command":         {append(greeting(), frame(flagCommand, nil)...), ErrMalformed},
		"a command cut":            {append(greeting(), frame(flagCommand, []byte("\x09READY"))...), ErrMalformed},
		"in two frames":            {append(greeting(), frame(flagCommand|flagMore, ready())...), ErrMalformed},
	} {
		if _, err := guard(c.in, 7); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// FuzzGuard holds that any bytes end in a bounded time and memory.
func FuzzGuard(f *testing.F) {
	f.Add(append(append(greeting(), frame(flagCommand, ready("Socket-Type", "DEALER"))...), frame(0, []byte("x"))...), 3)
	f.Add([]byte("GET / HTTP/1.1\r\n"), 1)
	f.Fuzz(func(t *testing.T, in []byte, chunk int) {
		out, _ := guard(in, min(max(chunk, 1), 1000))
		if !bytes.HasPrefix(in, out) {
			t.Fatal("other bytes came through")
		}
	})
}

// A record is a log that can be read.
type record struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(p)
}

func (r *record) count(what string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Count(r.b.String(), what)
}

// TestHostilePeers: a socket goes on to serve while others send it what they
// should not, and logs what it drops.
func TestHostilePeers(t *testing.T) {
	ctx := t.Context()
	log := &record{}
	logger := slog.New(slog.NewTextHandler(log, nil))
	endpoint := "ipc://" + filepath.Join(t.TempDir(), "s")
	codec := newCodec(t, "", "key")
	server, err := Listen(ctx, "router", "shell", endpoint, codec, logger)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan *Message, 9)
	go server.Receive(ctx, func(m *Message) { got <- m; server.Send(m) }, nil)
	well := append(greeting(), frame(flagCommand, ready("Socket-Type", "DEALER"))...)
	for _, say := range [][]byte{
		nil, []byte("x"), greeting(), []byte("GET / HTTP/1.1\r\n\r\n" + strings.Repeat("x", 99)),
		append(greeting(), frame(flagCommand, []byte("\x05READY\xffx"))...),
		append(bytes.Clone(well), binary.BigEndian.AppendUint64([]byte{flagLong}, 1<<62)...),
		append(bytes.Clone(well), frame(0, []byte("no message"))...),
		append(bytes.Clone(well), frame(flagCommand, []byte("\x04PING"))...),
	} {
		conn, err := net.Dial("unix", strings.TrimPrefix(endpoint, "ipc://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		go io.Copy(io.Discard, conn)
		if _, err := conn.Write(say); err != nil {
			t.Log(err)
		}
	}
	client, err := Dial(ctx, "dealer", "client", endpoint, "me", newCodec(t, "", "key"), logger)
	if err != nil {
		t.Fatal(err)
	}
	back := make(chan *Message, 9)
	go client.Receive(ctx, func(m *Message) { back <- m }, nil)
	m := message(`{"a": 1}`)
	m.Identities = nil
	frames := codec.Encode(m)
	client.sendFrames(frames)
	client.sendFrames(frames) // again
	forged := newCodec(t, "", "other").Encode(m)
	client.sendFrames(forged)
	for name, c := range map[string]chan *Message{"the server": got, "the client": back} {
		select {
		case m := <-c:
			if string(m.Content) != `{"a": 1}` {
				t.Errorf("%s got %s", name, m.Content)
			}
		case <-time.After(suitetest.Patience):
			t.Fatalf("%s got nothing; the log is\n%s", name, log.b.String())
		}
	}
	for end := time.Now().Add(suitetest.Patience); log.count("a message is dropped") < 3 && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	for _, want := range []string{ErrMalformed.Error(), ErrReplayed.Error(), ErrUnsigned.Error()} {
		if log.count(want) == 0 {
			t.Errorf("%q is not in the log:\n%s", want, log.b.String())
		}
	}
	if len(got) > 0 {
		t.Errorf("the server took %d messages more", len(got))
	}
}

func TestConnection(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "c.json")
	long := filepath.Join(dir, strings.Repeat("x", 99))
	for _, dir := range []string{"/tmp/x", long} {
		c, err := NewConnection(dir)
		if err != nil {
			t.Fatal(err)
		}
		if want := map[bool]string{true: "tcp", false: "ipc"}[dir == long]; c.Transport != want || len(c.Key) < 32 {
			t.Errorf("got %+v, want the transport %s", c, want)
		}
		if err := c.Write(name); err != nil {
			t.Fatal(err)
		}
		if again, err := ReadConnection(name); err != nil || again != c {
			t.Errorf("%+v was read as %+v, %v", c, again, err)
		}
	}
	tcp := Connection{Transport: "tcp", IP: "::1"}
	if got := tcp.Endpoint(7); got != "tcp://[::1]:7" {
		t.Errorf("got %s", got)
	}
	good := Connection{"tcp", "127.0.0.1", 1, 2, 3, 4, 5, "hmac-sha256", "k", ""}
	for what, change := range map[string]func(*Connection){
		"transport": func(c *Connection) { c.Transport = "pgm" },
		"ip":        func(c *Connection) { c.IP = "" },
		"hb_port":   func(c *Connection) { c.Heartbeat = 70000 },
		"scheme":    func(c *Connection) { c.Scheme = "hmac-md5" },
	} {
		c := good
		change(&c)
		if err := c.Write(name); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadConnection(name); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := ReadConnection(filepath.Join(dir, "absent")); err == nil {
		t.Error("no file was read")
	}
}
