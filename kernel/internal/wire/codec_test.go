package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	_ "circuitbook/sparsenn/suitetest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func newCodec(t interface {
	Helper()
	Fatal(...any)
}, scheme, key string) *Codec {
	t.Helper()
	c, err := NewCodec(scheme, key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// message is one with a content.
func message(content string) *Message {
	return &Message{
		Identities: [][]byte{[]byte("peer")}, Header: NewHeader("execute_request", "s"),
		Parent: json.RawMessage("{}"), Metadata: json.RawMessage("{}"), Content: json.RawMessage(content),
	}
}

// TestRoundTrip: what one codec writes, another with the key reads.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scheme := rapid.SampledFrom([]string{"", "hmac-sha256", "HMAC-SHA384", "hmac-sha512"}).Draw(t, "scheme")
		key := rapid.SampledFrom([]string{"", "k", "key"}).Draw(t, "key")
		bytesOf := rapid.SliceOfN(rapid.Byte(), 0, 9)
		m := message(`{"a": "é"}`)
		m.Identities = rapid.SliceOfN(rapid.Map(bytesOf, func(b []byte) []byte { return b }), 0, 3).Draw(t, "identities")
		m.Buffers = rapid.SliceOfN(bytesOf, 0, 3).Draw(t, "buffers")
		m.Parent = json.RawMessage(`{"msg_id": "p"}`)
		got, err := newCodec(t, scheme, key).Decode(newCodec(t, scheme, key).Encode(m))
		if err != nil {
			t.Fatal(err)
		}
		m.Raw = m.RawHeader()
		equal := func(a, b [][]byte) bool { return slices.EqualFunc(a, b, bytes.Equal) }
		if got.Header != m.Header || string(got.Content) != string(m.Content) || got.ParentID() != "p" ||
			!equal(got.Identities, m.Identities) || !equal(got.Buffers, m.Buffers) {
			t.Fatalf("%+v became %+v", m, got)
		}
	})
}

// TestForged: a message of which any byte of the signed parts, or of the
// signature, was changed is refused.
func TestForged(t *testing.T) {
	c := newCodec(t, "", "key")
	rapid.Check(t, func(t *rapid.T) {
		frames := c.Encode(message(`{"a": 1}`))
		f := frames[rapid.IntRange(2, 6).Draw(t, "frame")]
		at := rapid.IntRange(0, len(f)-1).Draw(t, "byte")
		was := f[at]
		f[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "change"))
		if bytes.EqualFold(f[at:at+1], []byte{was}) {
			return // the case of a hexadecimal digit
		}
		if _, err := c.Decode(frames); !errors.Is(err, ErrUnsigned) {
			t.Fatalf("got %v", err)
		}
	})
	if _, err := c.Decode(newCodec(t, "", "other").Encode(message("{}"))); !errors.Is(err, ErrUnsigned) {
		t.Errorf("another key: %v", err)
	}
	if _, err := c.Decode(newCodec(t, "", "").Encode(message("{}"))); !errors.Is(err, ErrUnsigned) {
		t.Errorf("no key: %v", err)
	}
}

// TestReplayed: a message is taken once, also after many others, and memory of
// them is bounded.
func TestReplayed(t *testing.T) {
	c := newCodec(t, "", "key")
	first := c.Encode(message("{}"))
	if _, err := c.Decode(first); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := c.Decode(first); !errors.Is(err, ErrReplayed) {
			t.Errorf("got %v", err)
		}
	}
	for i := range history - 1 {
		c.remember(fmt.Sprint(i))
	}
	if _, err := c.Decode(first); !errors.Is(err, ErrReplayed) {
		t.Errorf("after many others: %v", err)
	}
	for i := range 3 * history {
		c.remember(fmt.Sprint("x", i))
	}
	if len(c.seen) != history || len(c.ring) != history {
		t.Errorf("%d are remembered, want %d", len(c.seen), history)
	}
}

// TestRefused holds what is refused of a message whose signature is right.
func TestRefused(t *testing.T) {
	c := newCodec(t, "", "key")
	signed := func(parts ...string) [][]byte {
		frames := [][]byte{[]byte("peer"), []byte(delimiter), nil}
		for _, p := range parts {
			frames = append(frames, []byte(p))
		}
		frames[2] = fmt.Appendf(nil, "%x", c.sum(frames[3:min(7, len(frames))]))
		return frames
	}
	const header = `{"msg_id": "1", "msg_type": "x"}`
	many := signed(header, "{}", "{}", "{}")
	for range MaxFrames {
		many = append(many, nil)
	}
	big := signed(header, "{}", "{}", "{}")
	big = append(big, make([]byte, MaxMessage))
	for name, x := range map[string]struct {
		frames [][]byte
		want   error
	}{
		"nothing":            {nil, ErrMalformed},
		"no delimiter":       {[][]byte{[]byte("a"), []byte("b")}, ErrMalformed},
		"only a delimiter":   {[][]byte{[]byte(delimiter)}, ErrMalformed},
		"three parts":        {signed(header, "{}", "{}"), ErrMalformed},
		"many frames":        {many, ErrTooLarge},
		"a large buffer":     {big, ErrTooLarge},
		"a large identity":   {append([][]byte{make([]byte, MaxIdentity+1)}, many[:8]...), ErrTooLarge},
		"a large header":     {signed(header[:len(header)-1]+`, "x": "`+string(bytes.Repeat([]byte("x"), maxHeader))+`"}`, "{}", "{}", "{}"), ErrTooLarge},
		"header not JSON":    {signed("{", "{}", "{}", "{}"), ErrMalformed},
		"header a list":      {signed("[]", "{}", "{}", "{}"), ErrMalformed},
		"no id":              {signed(`{"msg_type": "x"}`, "{}", "{}", "{}"), ErrMalformed},
		"no type":            {signed(`{"msg_id": "1"}`, "{}", "{}", "{}"), ErrMalformed},
		"id a number":        {signed(`{"msg_id": 1, "msg_type": "x"}`, "{}", "{}", "{}"), ErrMalformed},
		"content a string":   {signed(header, "{}", "{}", `"x"`), ErrMalformed},
		"content cut":        {signed(header, "{}", "{}", `{"a": `), ErrMalformed},
		"parent a number":    {signed(header, "1", "{}", "{}"), ErrMalformed},
		"metadata two":       {signed(header, "{}", "{} {}", "{}"), ErrMalformed},
		"signature no hex":   {append([][]byte{[]byte(delimiter), []byte("xyz")}, many[3:7]...), ErrUnsigned},
		"signature is short": {append([][]byte{[]byte(delimiter), []byte("ab")}, many[3:7]...), ErrUnsigned},
	} {
		m, err := c.Decode(x.frames)
		if !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
		// Who is known to have the key, and by which header, can be answered.
		part, _, _ := strings.Cut(name, " ")
		answerable := slices.Contains([]string{"content", "parent", "metadata"}, part)
		if (m != nil) != answerable || answerable && (m.Header.ID != "1" || string(m.Content) != "{}" || len(m.Identities) != 1) {
			t.Errorf("%s: %+v", name, m)
		}
	}
	// An empty part is an empty object.
	if m, err := c.Decode(signed(header, "", "", "")); err != nil || string(m.Content) != "{}" {
		t.Errorf("got %+v, %v", m, err)
	}
	if _, err := NewCodec("md5", ""); err == nil {
		t.Error("md5 was taken")
	}
}

func TestBind(t *testing.T) {
	m := message(`{"code": 1}`)
	var in struct{ Code string }
	if err := m.Bind(&in); !errors.Is(err, ErrMalformed) {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff("", m.ParentID()); diff != "" {
		t.Error(diff)
	}
}

// FuzzDecode holds that any frames are refused or are a message, with a key
// and without.
func FuzzDecode(f *testing.F) {
	join := func(frames [][]byte) []byte { return bytes.Join(frames, []byte("\n")) }
	plain := &Codec{}
	f.Add(join(plain.Encode(message(`{"code": "x"}`))))
	f.Add([]byte("<IDS|MSG>\n\n{}\n{}\n{}\n{}"))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		frames := bytes.Split(text, []byte("\n"))
		if _, err := newCodec(t, "", "key").Decode(frames); err == nil {
			t.Fatal("an unsigned message was taken")
		}
		c := newCodec(t, "", "")
		m, err := c.Decode(frames)
		if err != nil {
			return
		}
		again, err := c.Decode(c.Encode(m))
		if err != nil || again.Header != m.Header || !bytes.Equal(again.Content, m.Content) {
			t.Fatalf("%+v became %+v, %v", m, again, err)
		}
	})
}
