package wire

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"math"
	"strings"
	"sync"
)

// history is how many signatures are remembered, so that their messages are
// not taken again.
const history = 1 << 16

// A Codec reads and writes messages under one key. It may be used by several
// goroutines.
type Codec struct {
	key  []byte
	hash func() hash.Hash
	max  int // bytes of a message that is read

	mu   sync.Mutex
	seen map[string]bool
	ring []string // what is in seen, oldest at next once it is full
	next int
}

// NewCodec returns a codec for the key and the signature scheme of a
// connection file. With an empty key messages are not signed.
func NewCodec(scheme, key string) (*Codec, error) {
	c := &Codec{key: []byte(key), max: MaxMessage, seen: map[string]bool{}}
	switch strings.ToLower(scheme) {
	case "", "hmac-sha256":
		c.hash = sha256.New
	case "hmac-sha384":
		c.hash = sha512.New384
	case "hmac-sha512":
		c.hash = sha512.New
	default:
		return nil, fmt.Errorf("the signature scheme %q is not known: it must be hmac-sha256, hmac-sha384 or hmac-sha512", scheme)
	}
	return c, nil
}

// Trusting returns a codec like c, which was not used yet, for peers that may
// say much: what is too large to show is told by whoever shows it.
func (c *Codec) Trusting() *Codec {
	c.max = math.MaxInt
	return c
}

// Decode reads a message and checks it: its bounds, its signature, and that it
// was not seen before. The frames are not copied. Where it is only beyond the
// header that something is wrong, the message comes with the error, without what
// cannot be read, so that its sender can be answered.
func (c *Codec) Decode(frames [][]byte) (*Message, error) {
	if len(frames) > MaxFrames {
		return nil, fmt.Errorf("%w: %d frames", ErrTooLarge, len(frames))
	}
	total, at := 0, -1
	for i, f := range frames {
		total += len(f)
		if at < 0 && string(f) == delimiter {
			at = i
		}
		if at < 0 && len(f) > MaxIdentity {
			return nil, fmt.Errorf("%w: an identity of %d bytes", ErrTooLarge, len(f))
		}
	}
	if total > c.max {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, total)
	}
	if at < 0 {
		return nil, fmt.Errorf("%w: no delimiter in %d frames", ErrMalformed, len(frames))
	}
	parts := frames[at+1:]
	if len(parts) < 5 {
		return nil, fmt.Errorf("%w: %d frames after the delimiter, want 5 or more", ErrMalformed, len(parts))
	}
	if len(parts[1]) > maxHeader || len(parts[2]) > maxHeader {
		return nil, fmt.Errorf("%w: a header of %d bytes", ErrTooLarge, max(len(parts[1]), len(parts[2])))
	}
	if err := c.check(parts[0], parts[1:5]); err != nil {
		return nil, err
	}
	m := &Message{Identities: frames[:at], Buffers: parts[5:]}
	var wrong error
	for i, to := range []*json.RawMessage{&m.Raw, &m.Parent, &m.Metadata, &m.Content} {
		var err error
		if *to, err = object([]string{"header", "parent header", "metadata", "content"}[i], parts[i+1]); err != nil && i == 0 {
			return nil, err
		}
		wrong = errors.Join(wrong, err)
	}
	if err := json.Unmarshal(m.Raw, &m.Header); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrMalformed, err)
	}
	if m.Header.ID == "" || m.Header.Type == "" {
		return nil, fmt.Errorf("%w: the header names no id or no type", ErrMalformed)
	}
	return m, wrong
}

// check verifies a signature and that it is new.
func (c *Codec) check(signature []byte, parts [][]byte) error {
	if len(c.key) == 0 {
		return nil
	}
	got, err := hex.DecodeString(string(bytes.TrimSpace(signature)))
	if err != nil || !hmac.Equal(got, c.sum(parts)) {
		return ErrUnsigned
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	id := string(got)
	if c.seen[id] {
		return ErrReplayed
	}
	c.remember(id)
	return nil
}

// remember adds a signature and forgets the oldest.
func (c *Codec) remember(id string) {
	c.seen[id] = true
	if len(c.ring) < history {
		c.ring = append(c.ring, id)
		return
	}
	delete(c.seen, c.ring[c.next])
	c.ring[c.next] = id
	c.next = (c.next + 1) % history
}

// sum is the signature of a message's four parts.
func (c *Codec) sum(parts [][]byte) []byte {
	mac := hmac.New(c.hash, c.key)
	for _, p := range parts {
		mac.Write(p)
	}
	return mac.Sum(nil)
}

// Encode returns the frames of m, signed.
func (c *Codec) Encode(m *Message) [][]byte {
	or := func(text json.RawMessage) []byte {
		if len(text) == 0 {
			return []byte("{}")
		}
		return text
	}
	parts := [][]byte{m.RawHeader(), or(m.Parent), or(m.Metadata), or(m.Content)}
	signature := []byte{}
	if len(c.key) > 0 {
		signature = []byte(hex.EncodeToString(c.sum(parts)))
	}
	frames := make([][]byte, 0, len(m.Identities)+6+len(m.Buffers))
	frames = append(frames, m.Identities...)
	frames = append(frames, []byte(delimiter), signature)
	frames = append(frames, parts...)
	return append(frames, m.Buffers...)
}
