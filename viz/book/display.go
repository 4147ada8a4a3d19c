package book

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"circuitbook/viz"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

func init() {
	// Claims travel as JSON objects; GoNB registers the same type on its side of the pipe.
	gob.Register(map[string]any{})
}

// The forms of a display, by MIME type.
const (
	mimeHTML       = "text/html"
	mimeSVG        = "image/svg+xml"
	mimeText       = "text/plain"
	mimeClaim      = "application/vnd.circuitbook.claim+json"
	mimeProvenance = "application/vnd.circuitbook.provenance+json"
)

// ackTimeout is how long the kernel may take to acknowledge what it was sent. A variable for tests.
var ackTimeout = 20 * time.Second

// A stage is where output goes: a notebook, or a stream for text.
type stage struct {
	notebook bool
	out      io.Writer
	now      func() time.Time
	// send displays forms by MIME type; a display with an id replaces the earlier one of that id.
	send func(forms map[string]any, id string) error
	sync func() error
}

// process is the stage of this program.
func process() *stage {
	return &stage{notebook: gonbui.IsNotebook, out: os.Stdout, now: time.Now, send: sendGoNB, sync: syncGoNB}
}

// sendGoNB hands forms to the kernel.
func sendGoNB(forms map[string]any, id string) error {
	data := make(map[protocol.MIMEType]any, len(forms))
	for m, v := range forms {
		data[protocol.MIMEType(m)] = v
	}
	gonbui.SendData(&protocol.DisplayData{Data: data, DisplayID: id})
	if err := gonbui.Error(); err != nil {
		return fmt.Errorf("the notebook's kernel does not take output; restart the kernel: %w", err)
	}
	return nil
}

// syncGoNB waits until the kernel has read everything sent so far.
func syncGoNB() error {
	done := make(chan struct{})
	go func() { gonbui.Sync(); close(done) }()
	select {
	case <-done:
		return nil
	case <-time.After(ackTimeout):
		return errors.New("the notebook's kernel did not acknowledge the output in time; restart the kernel")
	}
}

// forms lists what a bundle offers.
func forms(b viz.Bundle) map[string]any {
	m := map[string]any{mimeText: b.Text}
	if b.HTML != "" {
		m[mimeHTML] = b.HTML
	}
	if b.SVG != "" {
		m[mimeSVG] = b.SVG
	}
	return m
}

// put shows one display and waits for the kernel to take it, or prints its text.
func (s *stage) put(m map[string]any) error {
	if !s.notebook {
		_, err := fmt.Fprintln(s.out, m[mimeText])
		return err
	}
	if err := s.send(m, ""); err != nil {
		return err
	}
	return s.sync()
}

// ShowAs displays a figure under an id, in place of what was shown under that id before;
// outside a notebook it prints its text.
func ShowAs(id string, f viz.Figure) error { return process().showAs(id, f) }

func (s *stage) showAs(id string, f viz.Figure) error {
	b, err := f.Bundle()
	if err != nil {
		return fmt.Errorf("show: %w", err)
	}
	if !s.notebook {
		return s.put(forms(b))
	}
	if err := s.send(forms(b), id); err != nil {
		return err
	}
	return s.sync()
}

// Show displays figures, one after the other, or prints their text outside a notebook. It stops at
// the first figure that cannot be drawn and says which and why.
func Show(figs ...viz.Figure) error { return process().show(figs) }

func (s *stage) show(figs []viz.Figure) error {
	for i, f := range figs {
		if f == nil {
			return fmt.Errorf("show: figure %d of %d is nil", i+1, len(figs))
		}
		b, err := f.Bundle()
		if err != nil {
			return fmt.Errorf("show: figure %d of %d: %w", i+1, len(figs), err)
		}
		if err := s.put(forms(b)); err != nil {
			return fmt.Errorf("show: figure %d of %d: %w", i+1, len(figs), err)
		}
	}
	return nil
}
