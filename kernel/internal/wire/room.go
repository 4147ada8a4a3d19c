package wire

import (
	"errors"
	"slices"
	"sync"
)

// maxHeld is how many bytes of messages the process holds for all its peers
// together, before anybody has looked at a signature.
const maxHeld = 2 * MaxMessage

// held is the room that all sockets of the process share.
var held = newRoom(maxHeld)

// errCrowded says why a connection was closed that did nothing wrong by itself.
var errCrowded = errors.New("a message that does not end was in the way of others")

// A room bounds what all connections hold together: ZeroMQ's library makes room
// for a frame as soon as it is announced, whoever announces it. Where there is none
// left, a connection waits for complete messages to be taken. If it is messages
// without an end that take it all, the one that began longest ago is given up. A
// nil room has no bound.
type room struct {
	limit uint64

	mu     sync.Mutex
	freed  *sync.Cond
	queued uint64         // bytes of messages that are complete, and not taken
	open   []*guardedConn // amid a message, which began longest ago first
}

// A share is what a connection has of a room; the room's lock guards it.
type share struct {
	size uint64 // bytes of the message that it is amid, as far as announced
	gone bool   // closed, or given up
}

func newRoom(limit uint64) *room {
	r := &room{limit: limit}
	r.freed = sync.NewCond(&r.mu)
	return r
}

// announce makes room for n bytes more of the message that c is amid. An error
// says that c was given up meanwhile.
func (r *room) announce(c *guardedConn, n uint64) error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for !c.share.gone {
		unfinished := n
		for _, o := range r.open {
			unfinished += o.share.size
		}
		if r.queued+unfinished <= r.limit {
			if !slices.Contains(r.open, c) {
				r.open = append(r.open, c)
			}
			c.share.size += n
			return nil
		}
		others := slices.DeleteFunc(slices.Clone(r.open), func(o *guardedConn) bool { return o == c })
		if unfinished <= r.limit || len(others) == 0 {
			r.freed.Wait()
			continue
		}
		r.drop(others[0])
		_ = others[0].Conn.Close()
	}
	return errCrowded
}

// finish takes note that the message that c is amid is complete.
func (r *room) finish(c *guardedConn) error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.share.gone {
		return errCrowded
	}
	r.queued += c.share.size
	r.forget(c)
	return nil
}

// leave gives back what c is amid.
func (r *room) leave(c *guardedConn) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drop(c)
}

// taken gives back the frames of a complete message.
func (r *room) taken(frames [][]byte) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range frames {
		r.queued -= uint64(len(f))
	}
	r.freed.Broadcast()
}

func (r *room) drop(c *guardedConn) {
	c.share.gone = true
	r.forget(c)
	r.freed.Broadcast()
}

func (r *room) forget(c *guardedConn) {
	c.share.size = 0
	r.open = slices.DeleteFunc(r.open, func(o *guardedConn) bool { return o == c })
}
