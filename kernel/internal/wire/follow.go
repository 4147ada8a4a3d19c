package wire

import (
	"encoding/binary"
	"fmt"
)

// Bounds of what is no request: a subscription, a heartbeat.
const (
	maxSmall      = 4 << 10 // bytes of one
	maxSubscribed = 1 << 20 // bytes of all that come through one connection
)

// A follower follows a stream of frames and says when one is too large.
type follower struct {
	bounds
	conn   *guardedConn
	head   []byte // of the frame that begins
	body   uint64 // bytes of the current frame that are to come
	last   bool   // the current frame is the last of its message
	frames int    // of the current message
	total  uint64 // bytes of the current message
	sum    uint64 // bytes of all messages
}

func (f *follower) take(p []byte) error {
	for len(p) > 0 {
		if f.body > 0 {
			n := min(f.body, uint64(len(p)))
			f.body -= n
			p = p[n:]
			if err := f.end(); err != nil {
				return err
			}
			continue
		}
		f.head, p = append(f.head, p[0]), p[1:]
		need := 2
		if f.head[0]&flagLong != 0 {
			need = 9
		}
		if len(f.head) < need {
			continue
		}
		if err := f.begin(); err != nil {
			return err
		}
		if err := f.end(); err != nil {
			return err
		}
	}
	return nil
}

// begin takes note of a frame whose head is complete.
func (f *follower) begin() error {
	flags, size := f.head[0], uint64(f.head[1])
	if flags&flagLong != 0 {
		size = binary.BigEndian.Uint64(f.head[1:])
	}
	f.head = f.head[:0]
	if size > f.message {
		return fmt.Errorf("%w: a frame of %d bytes", ErrTooLarge, size)
	}
	f.body, f.last = size, flags&flagMore == 0
	f.frames++
	f.total += size
	f.sum += size
	if f.frames > MaxFrames || f.total > f.message || f.all > 0 && f.sum > f.all {
		return fmt.Errorf("%w: %d frames of %d bytes", ErrTooLarge, f.frames, f.total)
	}
	return f.room.announce(f.conn, size)
}

// end takes note of a message that is complete, if one is.
func (f *follower) end() error {
	if !f.last || f.body > 0 {
		return nil
	}
	f.frames, f.total, f.last = 0, 0, false
	return f.room.finish(f.conn)
}
