package relay

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

	"circuitbook/kernel/internal/cell"
	"circuitbook/kernel/internal/wire"
)

// onShell takes a request on the shell channel.
func (r *Relay) onShell(ctx context.Context, m *wire.Message) {
	switch m.Header.Type {
	case "execute_request":
		r.enqueue(m)
	case "complete_request":
		r.later(ctx, m, "complete_reply", r.complete)
	case "inspect_request":
		r.later(ctx, m, "inspect_reply", r.inspect)
	case "comm_open", "comm_msg", "comm_close":
		r.toGoNB(m)
	default:
		r.answer(r.shell, m)
	}
}

// onControl takes a request on the control channel.
func (r *Relay) onControl(m *wire.Message) { r.answer(r.control, m) }

// answer answers a request that takes no time, through the socket that it came
// through.
func (r *Relay) answer(s *wire.Socket, m *wire.Message) {
	r.status("busy", m.RawHeader())
	defer func() { r.status("idle", m.RawHeader()) }()
	kind := strings.TrimSuffix(m.Header.Type, requestSuffix) + "_reply"
	switch m.Header.Type {
	case "kernel_info_request":
		r.reply(s, m, kind, r.info())
	case "is_complete_request":
		var in struct{ Code string }
		if err := m.Bind(&in); err != nil {
			r.refuse(s, m, kind, err)
			return
		}
		state, indent := cell.IsComplete(cell.Normal(in.Code))
		out := map[string]any{"status": state}
		if state == cell.Incomplete {
			out["indent"] = indent
		}
		r.reply(s, m, kind, out)
	case "history_request":
		r.warm() // a front end with a person before it
		var in historyRequest
		if err := m.Bind(&in); err != nil {
			r.refuse(s, m, kind, err)
			return
		}
		r.reply(s, m, kind, map[string]any{"status": "ok", "history": recall(r.history, in)})
	case "comm_info_request":
		var in comm
		_ = m.Bind(&in) // all, if nothing is asked
		comms := map[string]any{}
		for id, target := range r.comms {
			if in.Target == "" || in.Target == target {
				comms[id] = map[string]any{"target_name": target}
			}
		}
		r.reply(s, m, kind, map[string]any{"status": "ok", "comms": comms})
	case "connect_request":
		c := r.cfg.Connection
		r.reply(s, m, kind, map[string]any{"shell_port": c.Shell, "iopub_port": c.IOPub, "stdin_port": c.Stdin, "hb_port": c.Heartbeat, "control_port": c.Control})
	case "interrupt_request":
		r.interrupt()
		r.reply(s, m, kind, map[string]any{"status": "ok"})
	case "shutdown_request":
		var in struct{ Restart bool }
		_ = m.Bind(&in)
		r.reply(s, m, kind, map[string]any{"status": "ok", "restart": in.Restart})
		r.publish(kind, m.RawHeader(), map[string]any{"status": "ok", "restart": in.Restart}, nil, nil)
		go func() {
			// What was said is on its way before the sockets close.
			s.Flush(time.Second)
			time.Sleep(20 * time.Millisecond)
			r.stop()
		}()
	default:
		r.refuse(s, m, kind, fmt.Errorf("the kernel knows no %s", m.Header.Type))
	}
}

// refuser answers what comes through s signed and cannot be read, so that nobody
// waits for an answer.
func (r *Relay) refuser(s *wire.Socket) func(*wire.Message, error) {
	return func(m *wire.Message, err error) {
		if m == nil {
			return
		}
		r.post(func() {
			r.status("busy", m.RawHeader())
			r.refuse(s, m, strings.TrimSuffix(m.Header.Type, requestSuffix)+"_reply", err)
			r.status("idle", m.RawHeader())
		})
	}
}

// requestSuffix ends the types of messages that are answered.
const requestSuffix = "_request"

// refuse answers a request that is not understood. What is no request gets no answer.
func (r *Relay) refuse(s *wire.Socket, m *wire.Message, kind string, err error) {
	r.log.Warn("a message is refused", "type", m.Header.Type, "error", err)
	if !strings.HasSuffix(m.Header.Type, requestSuffix) {
		return
	}
	r.reply(s, m, kind, map[string]any{"status": "error", "ename": "RequestError", "evalue": err.Error(), "traceback": []string{}})
}

// later answers a request by a function that may take its time; it is called
// on a goroutine of its own, with a copy of what it asks for.
func (r *Relay) later(ctx context.Context, m *wire.Message, kind string, f func(context.Context, question) any) {
	r.status("busy", m.RawHeader())
	var in struct {
		Code   string
		Cursor *int `json:"cursor_pos"`
	}
	if err := m.Bind(&in); err != nil {
		r.refuse(r.shell, m, kind, err)
		r.status("idle", m.RawHeader())
		return
	}
	r.whenHelped(func() {
		r.warm()
		q := question{code: in.Code, cursor: len([]rune(in.Code)), names: make([]string, 0, len(r.names)), helper: r.helper}
		if in.Cursor != nil {
			q.cursor = min(max(*in.Cursor, 0), q.cursor)
		}
		for name := range r.kept {
			q.names = append(q.names, name)
		}
		for name := range r.names {
			q.names = append(q.names, name)
		}
		q.sources = append(q.sources, declaration(r.kept))
		for _, c := range r.cells {
			q.sources = append(q.sources, c.Source)
		}
		go func() {
			ctx, cancel := context.WithTimeout(ctx, r.limits.answer)
			defer cancel()
			content := f(ctx, q)
			r.post(func() {
				r.reply(r.shell, m, kind, content)
				r.status("idle", m.RawHeader())
			})
		}()
	})
}

// whenHelped calls f once there is a helper, or none came for long: the first questions
// come while the kernel starts.
func (r *Relay) whenHelped(f func()) {
	if r.helper != nil {
		f()
		return
	}
	if r.asking = append(r.asking, f); len(r.asking) == 1 {
		time.AfterFunc(r.limits.start, func() { r.post(r.askNow) })
	}
}

// askNow has the questions that wait for a helper answered.
func (r *Relay) askNow() {
	asking := r.asking
	r.asking = nil
	for _, f := range asking {
		f()
	}
}

// warm has the helper get ready for questions, once somebody may ask some: a
// notebook that is executed without a person is not to pay for it.
func (r *Relay) warm() {
	if r.helper != nil && !r.warmed {
		r.warmed = true
		go r.helper.Warm(context.Background())
	}
}

// toGoNB passes a message about a comm on.
func (r *Relay) toGoNB(m *wire.Message) {
	var c comm
	if err := m.Bind(&c); err != nil {
		r.log.Warn("a message is dropped", "error", err)
		return
	}
	switch m.Header.Type {
	case "comm_open":
		r.comms[c.ID] = c.Target
	case "comm_close":
		delete(r.comms, c.ID)
	}
	r.status("busy", m.RawHeader())
	r.whenReady(func() {
		id := r.child.send(r.child.shell, m.Header.Type, m.Content, m.Metadata, m.Buffers)
		r.parents.put(id, m.RawHeader())
		r.status("idle", m.RawHeader())
	})
}

// info is the answer to a kernel_info_request.
func (r *Relay) info() map[string]any {
	version := strings.TrimPrefix(runtime.Version(), "go") // this program is built by the go command of the cells
	return map[string]any{
		"status": "ok", "protocol_version": wire.Version,
		"implementation": "circuitbook", "implementation_version": r.cfg.Version,
		"banner":   "Circuitbook " + r.cfg.Version + " (Go " + version + ")",
		"debugger": false,
		"language_info": map[string]any{
			"name": "go", "version": version, "mimetype": "text/x-go", "file_extension": ".go",
			"pygments_lexer": "go", "codemirror_mode": "go", "nbconvert_exporter": "script",
		},
		"help_links": []map[string]string{
			{"text": "Go: the language", "url": "https://go.dev/ref/spec"},
			{"text": "Go: the standard library", "url": "https://pkg.go.dev/std"},
			{"text": "GoNB: cells, magics, display", "url": "https://github.com/janpfeifer/gonb"},
			{"text": "GoMLX", "url": "https://pkg.go.dev/github.com/gomlx/gomlx"},
			{"text": "Weight-sparse transformers have interpretable circuits", "url": "https://arxiv.org/abs/2511.13653"},
		},
		"supported_features": []string{},
	}
}
