package wire

import (
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"strings"
	"time"

	"github.com/go-zeromq/zmq4"
)

// outgoing is how many messages may wait for a peer that does not read.
const outgoing = 4096

// A Socket sends and receives messages under a codec. What is not a valid
// message is logged and dropped.
type Socket struct {
	name  string
	zmq   zmq4.Socket
	codec *Codec
	log   *slog.Logger
	out   chan zmq4.Msg // nil where sending never waits
	room  *room         // which messages are given back to once they are taken; nil for none
}

// quiet is for the library, whose words about peers are of no use.
var quiet = zmq4.WithLogger(log.New(io.Discard, "", 0))

// Listen opens a socket at an endpoint of a connection: of the kind "router" for
// requests, "echo" for heartbeats, or "pub". It ends with ctx.
func Listen(ctx context.Context, kind, name, endpoint string, codec *Codec, log *slog.Logger) (*Socket, error) {
	var z zmq4.Socket
	guard, room := smallEndpoint, (*room)(nil)
	switch kind {
	case "router":
		z, guard, room = zmq4.NewRouter(ctx, quiet), guardedEndpoint, held
	case "echo":
		z = zmq4.NewRouter(ctx, quiet)
	case "pub":
		z = zmq4.NewPub(ctx, quiet)
	default:
		return nil, errors.New("wire: no kind of socket " + kind)
	}
	if err := z.Listen(guard + endpoint); err != nil {
		return nil, err
	}
	s := newSocket(ctx, name, z, codec, log)
	s.room = room
	if kind != "pub" { // which queues by itself, for each peer
		s.queue(ctx)
	}
	return s, nil
}

// Dial opens a socket of the kind "dealer" or "sub" to an endpoint of a
// connection, as the peer id. It waits until there is somebody, or ctx ends.
func Dial(ctx context.Context, kind, name, endpoint, id string, codec *Codec, log *slog.Logger) (*Socket, error) {
	options := []zmq4.Option{quiet, zmq4.WithID(zmq4.SocketIdentity(id)),
		zmq4.WithDialerRetry(2 * time.Millisecond), zmq4.WithDialerMaxRetries(-1)}
	var z zmq4.Socket
	switch kind {
	case "dealer":
		z = zmq4.NewDealer(ctx, options...)
	case "sub":
		z = zmq4.NewSub(ctx, options...)
		if err := z.SetOption(zmq4.OptionSubscribe, ""); err != nil {
			return nil, err
		}
	default:
		return nil, errors.New("wire: no kind of socket " + kind)
	}
	if err := z.Dial(endpoint); err != nil {
		return nil, err
	}
	s := newSocket(ctx, name, z, codec, log)
	s.queue(ctx)
	return s, nil
}

func newSocket(ctx context.Context, name string, z zmq4.Socket, codec *Codec, log *slog.Logger) *Socket {
	return &Socket{name: name, zmq: z, codec: codec, log: log}
}

// queue has a goroutine of its own send, so that a peer that does not read
// keeps nobody else waiting.
func (s *Socket) queue(ctx context.Context) {
	s.out = make(chan zmq4.Msg, outgoing)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case msg := <-s.out:
				s.write(ctx, msg)
			}
		}
	}()
}

func (s *Socket) write(ctx context.Context, msg zmq4.Msg) {
	if err := s.zmq.SendMulti(msg); err != nil && ctx.Err() == nil {
		s.log.Warn("sending failed", "socket", s.name, "error", err)
	}
}

// Send sends m, in the order of the calls.
func (s *Socket) Send(m *Message) { s.sendFrames(s.codec.Encode(m)) }

func (s *Socket) sendFrames(frames [][]byte) {
	msg := zmq4.NewMsgFrom(frames...)
	if s.out == nil {
		s.write(context.Background(), msg)
		return
	}
	select {
	case s.out <- msg:
	default:
		s.log.Warn("a peer does not read: a message is dropped", "socket", s.name)
	}
}

// Receive hands every valid message to take until ctx ends. Of one that is not
// valid lost is told, if it is not nil: with the message as far as it could be
// read, where it is signed and its header is one, and with nil for it elsewhere.
func (s *Socket) Receive(ctx context.Context, take func(*Message), lost func(*Message, error)) {
	s.frames(ctx, func(frames [][]byte) {
		m, err := s.codec.Decode(frames)
		if err == nil {
			take(m)
			return
		}
		s.log.Warn("a message is dropped", "socket", s.name, "error", err)
		if lost != nil {
			lost(m, err)
		}
	})
}

// Echo returns whatever arrives to whom it came from, until ctx ends.
func (s *Socket) Echo(ctx context.Context) { s.frames(ctx, s.sendFrames) }

func (s *Socket) frames(ctx context.Context, take func([][]byte)) {
	for ctx.Err() == nil {
		msg, err := s.zmq.Recv()
		if err != nil {
			if ctx.Err() == nil && !strings.Contains(err.Error(), "EOF") {
				s.log.Warn("receiving failed", "socket", s.name, "error", err)
			}
			select { // of a peer that is gone, or in turmoil
			case <-ctx.Done():
			case <-time.After(5 * time.Millisecond):
			}
			continue
		}
		take(msg.Frames)
		s.room.taken(msg.Frames[min(1, len(msg.Frames)):]) // less the identity, which the library puts before
	}
}

// Close closes the socket and every connection of it.
func (s *Socket) Close() error { return s.zmq.Close() }

// Flush waits until all that was given to Send is on its way, or for the time
// limit.
func (s *Socket) Flush(limit time.Duration) {
	for end := time.Now().Add(limit); len(s.out) > 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
}
