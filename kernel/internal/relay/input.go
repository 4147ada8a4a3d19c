package relay

import (
	"encoding/json"
	"os"
	"time"

	"circuitbook/kernel/internal/wire"
)

// watching is how often a running cell is looked at.
const watching = 200 * time.Millisecond

// watchInput asks the user whenever the cell waits for something to read.
func (r *Relay) watchInput(e *execution) {
	tick := time.NewTicker(watching)
	defer tick.Stop()
	for {
		select {
		case <-e.done:
			return
		case <-tick.C:
		}
		file := r.process.Reading()
		if file == "" {
			continue
		}
		r.post(func() {
			if r.current == e && e.asking == "" {
				e.asking = file
				r.ask(e, map[string]any{"prompt": "", "password": false})
			}
		})
	}
}

// ask has the front end of a cell ask its user.
func (r *Relay) ask(e *execution, content any) {
	r.stdin.Send(&wire.Message{
		Identities: e.msg.Identities, Header: wire.NewHeader("input_request", r.session),
		Parent: e.parent, Content: encode(content),
	})
}

// onInputRequest takes GoNB's wish to ask the user. Where nobody may be asked
// nothing comes.
func (r *Relay) onInputRequest(m *wire.Message) {
	e := r.current
	if e == nil || m.Header.Type != "input_request" || m.ParentID() != e.id || !e.mayRead {
		return
	}
	r.ask(e, json.RawMessage(m.Content))
}

// onStdin takes what a user typed.
func (r *Relay) onStdin(m *wire.Message) {
	e := r.current
	if e == nil || m.Header.Type != "input_reply" {
		return
	}
	var in struct{ Value string }
	if err := m.Bind(&in); err != nil {
		r.log.Warn("a message is dropped", "error", err)
		return
	}
	if e.asking == "" {
		r.child.send(r.child.stdin, "input_reply", map[string]any{"value": in.Value, "status": "ok"}, nil, nil)
		return
	}
	file := e.asking
	go func() {
		// The program reads in its own time.
		if f, err := os.OpenFile(file, os.O_WRONLY, 0); err == nil {
			_, _ = f.WriteString(in.Value + "\n")
			_ = f.Close()
		}
		time.Sleep(watching / 2) // for it to take what was written
		r.post(func() { e.asking = "" })
	}()
}
