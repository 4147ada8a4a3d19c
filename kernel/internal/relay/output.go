package relay

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"circuitbook/kernel/internal/failure"
	"circuitbook/kernel/internal/wire"
)

// An output follows what a cell prints. What may turn out to be the words of
// its failure is held back, to be told once.
type output struct {
	source         string // of the cell
	stdout, stderr ending
	suspects       []string
	pending        string          // a suspect that nothing has followed
	panic          strings.Builder // from where a panic begins
	inLine         bool            // standard error stands within a line
}

// A piece is text for a stream.
type piece struct{ name, text string }

// take notes a piece and returns what can be shown.
func (o *output) take(p piece) (show []piece) {
	if p.name != "stderr" {
		o.stdout.add(p.text)
		return append(o.release(), p)
	}
	o.stderr.add(p.text)
	if o.panic.Len() > 0 {
		o.panic.WriteString(p.text)
		if failure.IsSuspect(p.text) {
			o.suspects = append(o.suspects, p.text)
		}
		return nil
	}
	show = o.release()
	if failure.IsSuspect(p.text) {
		o.suspects = append(o.suspects, p.text)
		if failure.IsUnknownMagic(p.text, o.source) {
			return show // the failure says it
		}
		o.pending = p.text
		return show
	}
	if at := failure.PanicAt(p.text, !o.inLine); at >= 0 {
		o.panic.WriteString(p.text[at:])
		p.text = p.text[:at]
	}
	if p.text != "" {
		o.inLine = !strings.HasSuffix(p.text, "\n")
		show = append(show, p)
	}
	return show
}

// release returns a suspect that something follows.
func (o *output) release() []piece {
	if o.pending == "" {
		return nil
	}
	p := piece{"stderr", o.pending}
	o.pending, o.inLine = "", false
	return []piece{p}
}

// close returns what was held back and is no part of the failure f.
func (o *output) close(f *failure.Failure) (show []piece) {
	if f == nil || f.Name != failure.Panicked && o.panic.Len() > 0 {
		if o.panic.Len() > 0 {
			show = append(show, piece{"stderr", o.panic.String()})
		}
	}
	if f == nil {
		show = append(show, o.release()...)
	}
	return show
}

// ending keeps the end of what is added to it.
type ending struct{ text []byte }

// maxEnding is how much of what a cell prints is looked at when it fails. The
// traces of all goroutines can be long; what matters is at their beginning.
const maxEnding = 256 << 10

func (e *ending) add(text string) {
	e.text = append(e.text, text...)
	if len(e.text) > 2*maxEnding {
		at := len(e.text) - maxEnding
		for at < len(e.text) && !utf8.RuneStart(e.text[at]) {
			at++
		}
		e.text = append(e.text[:0], e.text[at:]...)
	}
}

func (e *ending) String() string { return string(e.text) }

// trouble begins what GoNB says when it cannot pass on what a program displays.
const trouble = "GoNB Error:\n"

// onOutput takes what GoNB publishes about the running cell.
func (r *Relay) onOutput(e *execution, m *wire.Message) {
	switch m.Header.Type {
	case "status":
		var s struct {
			State string `json:"execution_state"`
		}
		if m.Bind(&s) == nil && s.State == "idle" {
			e.idle = true
			r.finish(e)
		}
	case "execute_input", "error": // they are told in other words
	case "stream":
		var s struct{ Name, Text string }
		if m.Bind(&s) != nil {
			return
		}
		if text, ok := strings.CutPrefix(s.Text, trouble); ok && s.Name == "stderr" {
			text, _, _ = strings.Cut(text, "\n")
			r.lost(text)
		} else {
			show := e.out.take(piece{s.Name, s.Text})
			for i, p := range show {
				switch {
				case e.tests && p.name == "stdout":
					show[i].text = failure.TestPlaces(r.cells, r.dir, p.text)
				case p.name == "stderr":
					show[i].text = failure.Places(r.cells, r.dir, p.text)
				}
			}
			r.streams(e, show)
		}
	case "display_data":
		r.streams(e, e.out.release())
		if r.fits(m) {
			r.publish(m.Header.Type, e.parent, withForms(m.Content), m.Metadata, m.Buffers)
		}
	default:
		r.streams(e, e.out.release())
		if r.fits(m) {
			r.passOn(m, e.parent)
		}
	}
}

// lost notes that something of the running cell cannot be shown.
func (r *Relay) lost(what string) {
	if e := r.current; e != nil && !slices.Contains(e.lost, what) {
		e.lost = append(e.lost, what)
	}
}

// fits reports whether a message of the running cell is small enough for a
// front end; one that is not is lost.
func (r *Relay) fits(m *wire.Message) bool {
	size := slim(m, wire.MaxMessage)
	if size <= wire.MaxMessage {
		return true
	}
	r.lost(fmt.Sprintf("a display of %d MB: a notebook takes %d MB at most; write it to a file, and display less", size>>20, wire.MaxMessage>>20))
	return false
}

// slim returns the size of a message. GoNB escapes what HTML is made of, which
// may be most of it: where it has more than most bytes that is taken back.
func slim(m *wire.Message, most int) int {
	var content any
	var text bytes.Buffer
	lean := json.NewEncoder(&text)
	lean.SetEscapeHTML(false)
	if len(m.Content) > most && json.Unmarshal(m.Content, &content) == nil && lean.Encode(content) == nil {
		m.Content = bytes.TrimSpace(text.Bytes())
	}
	size := len(m.Content)
	for _, b := range m.Buffers {
		size += len(b)
	}
	return size
}

// streams publishes pieces of text.
func (r *Relay) streams(e *execution, pieces []piece) {
	for _, p := range pieces {
		if p.text != "" {
			r.publish("stream", e.parent, map[string]any{"name": p.name, "text": p.text}, nil, nil)
		}
	}
}

// svgMIME is the form of a picture that can be shown as one.
const svgMIME = "image/svg+xml"

// withForms adds to a display the form that GoNB leaves out: a picture that it
// sends only as HTML is sent as a picture too.
func withForms(content json.RawMessage) json.RawMessage {
	var top map[string]json.RawMessage
	var data map[string]any
	if json.Unmarshal(content, &top) != nil || json.Unmarshal(top["data"], &data) != nil || data[svgMIME] != nil {
		return content
	}
	html, _ := data["text/html"].(string)
	text, ok := strings.CutPrefix(strings.TrimSpace(html), "<div>")
	if !ok {
		return content
	}
	if text, ok = strings.CutSuffix(text, "</div>"); !ok {
		return content
	}
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "<svg") && !strings.HasPrefix(text, "<?xml") || xml.Unmarshal([]byte(text), new(struct{})) != nil {
		return content
	}
	data[svgMIME] = text
	top["data"] = encode(data)
	return encode(top)
}
