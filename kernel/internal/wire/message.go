// Package wire reads and writes the messages of the Jupyter protocol: it turns
// the frames of a ZeroMQ message into a Message and back, signs what is sent,
// and refuses what is malformed, unsigned, replayed or too large, whatever
// bytes arrive.
package wire

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Version is the version of the protocol that is spoken.
const Version = "5.4"

// delimiter ends the identities of a message.
const delimiter = "<IDS|MSG>"

// Bounds of a message that is read. A notebook's largest cell, and the state
// of a widget, are far below.
const (
	MaxFrames   = 256       // of one message, identities and buffers included
	MaxIdentity = 1 << 10   // bytes of an identity
	MaxMessage  = 128 << 20 // bytes of all frames together
	maxHeader   = 64 << 10  // bytes of a header
)

// What a message may be refused for. Errors say more, and wrap one of these.
var (
	ErrMalformed = errors.New("malformed message")
	ErrTooLarge  = errors.New("message too large")
	ErrUnsigned  = errors.New("message without a valid signature")
	ErrReplayed  = errors.New("message replayed")
)

// A Header says what a message is and who sent it.
type Header struct {
	ID       string `json:"msg_id"`
	Username string `json:"username"`
	Session  string `json:"session"`
	Type     string `json:"msg_type"`
	Version  string `json:"version"`
	Date     string `json:"date"`
}

// NewHeader returns a header for a message of the type in the session, with
// an id of its own.
func NewHeader(kind, session string) Header {
	return Header{
		ID: NewID(), Username: "kernel", Session: session, Type: kind, Version: Version,
		Date: time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"),
	}
}

// NewID returns an identifier that nothing else has.
func NewID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // it does not fail
	return hex.EncodeToString(id[:])
}

// A Message is one message. The parts that are passed on unread are kept as
// the JSON that they came as.
type Message struct {
	Identities [][]byte // of the peer; of what is published, the topic
	Header     Header
	Raw        json.RawMessage // the header as it came, with what else is in it
	Parent     json.RawMessage // the header of the message that this answers, or {}
	Metadata   json.RawMessage
	Content    json.RawMessage
	Buffers    [][]byte
}

// RawHeader is the header as JSON, as it came if it came.
func (m *Message) RawHeader() json.RawMessage {
	if len(m.Raw) > 0 {
		return m.Raw
	}
	text, err := json.Marshal(m.Header)
	if err != nil {
		panic(err) // strings always encode
	}
	return text
}

// ParentID is the id of the message that this answers, "" if there is none.
func (m *Message) ParentID() string {
	var parent struct {
		ID string `json:"msg_id"`
	}
	_ = json.Unmarshal(m.Parent, &parent) // Decode saw that it is an object
	return parent.ID
}

// Bind decodes the content into v.
func (m *Message) Bind(v any) error {
	if err := json.Unmarshal(m.Content, v); err != nil {
		return fmt.Errorf("%w: content of %s: %w", ErrMalformed, m.Header.Type, err)
	}
	return nil
}

// object returns the JSON object in text, {} for none and with an error.
func object(what string, text []byte) (json.RawMessage, error) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return json.RawMessage("{}"), nil
	}
	if text[0] != '{' || !json.Valid(text) {
		return json.RawMessage("{}"), fmt.Errorf("%w: the %s is not a JSON object", ErrMalformed, what)
	}
	return json.RawMessage(text), nil
}
