package relay

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"circuitbook/kernel/internal/cell"
	"circuitbook/kernel/internal/failure"
	"circuitbook/kernel/internal/shim"
	"circuitbook/kernel/internal/wire"
)

// A request asks to execute a cell.
type request struct {
	msg     *wire.Message
	Code    string `json:"code"` // as it came
	source  string // and as it is read
	Silent  bool   `json:"silent"`
	Store   *bool  `json:"store_history"` // true unless silent
	Stdin   *bool  `json:"allow_stdin"`   // true if it is not said
	Stop    *bool  `json:"stop_on_error"` // true if it is not said
	stores  bool
	mayRead bool
	stops   bool
}

// An execution is a cell that GoNB has.
type execution struct {
	*request
	id          string // of the message by which GoNB got it
	count       int
	parent      json.RawMessage
	out         output
	reply       *wire.Message // GoNB's
	idle        bool          // GoNB has said all
	interrupted int           // how often
	done        chan struct{} // closed at its end
	asking      string        // the file to which what a user types goes
	tests       bool          // it is a cell of tests
	lost        []string      // what could not be shown
}

// unless is the value of an optional field.
func unless(field *bool, otherwise bool) bool {
	if field == nil {
		return otherwise
	}
	return *field
}

// enqueue takes an execute_request.
func (r *Relay) enqueue(m *wire.Message) {
	q := &request{msg: m}
	if err := m.Bind(q); err != nil {
		r.status("busy", m.RawHeader())
		r.refuse(r.shell, m, "execute_reply", err)
		r.status("idle", m.RawHeader())
		return
	}
	q.source = cell.Normal(q.Code)
	q.stores = unless(q.Store, true) && !q.Silent
	q.mayRead, q.stops = unless(q.Stdin, true), unless(q.Stop, true)
	r.queue = append(r.queue, q)
	r.tellWaiting()
	r.whenReady(r.next)
}

// tellWaiting tells the running cell whether another waits. Before there is a folder
// for the kernel's files none runs.
func (r *Relay) tellWaiting() {
	if waits := len(r.queue) > 0; waits != r.waits && r.dir != "" {
		if err := shim.SetWaitedFor(r.dir, waits); err != nil {
			r.log.Warn("the running cell is not told that another waits", "err", err)
		}
		r.waits = waits
	}
}

// next begins with the next cell, if there is none.
func (r *Relay) next() {
	for r.current == nil && len(r.queue) > 0 {
		q := r.queue[0]
		r.queue = r.queue[1:]
		r.tellWaiting()
		r.begin(q)
	}
}

// begin gives GoNB a cell.
func (r *Relay) begin(q *request) {
	e := &execution{request: q, parent: q.msg.RawHeader(), done: make(chan struct{})}
	r.status("busy", e.parent)
	blank := strings.TrimSpace(q.source) == ""
	if q.stores && !blank {
		r.count++
	}
	e.count = r.count
	if !q.Silent {
		r.publish("execute_input", e.parent, map[string]any{"code": q.Code, "execution_count": e.count}, nil, nil)
	}
	if blank {
		r.end(e, nil, nil)
		return
	}
	rest, printed, err := r.ownMagics(q.source)
	r.streams(e, []piece{{"stdout", printed}})
	if err != nil {
		r.end(e, r.own(e, failure.Magic, err), nil)
		return
	}
	if strings.TrimSpace(rest) == "" {
		r.end(e, nil, nil)
		return
	}
	p := cell.Prepare(rest, func(name string) bool { return r.void[name] })
	if p.Refusal == nil {
		p.Refusal = r.methods.Clash(p)
	}
	known := failure.Known{Number: e.count, Source: q.source, Prepared: p}
	if p.Refusal != nil {
		r.end(e, failure.Refused(known), nil)
		return
	}
	known.Prepared = r.numbers.Name(p, q.cell()).WithMethods(r.methods)
	r.cells = append(r.cells, known)
	source := known.Prepared.Source
	reads := q.mayRead && r.process.CanRead()
	if !reads {
		source = cell.WithoutInput(source)
	}
	if err := errors.Join(shim.SetInput(r.dir, reads), ignoreAbsent(os.Remove(filepath.Join(r.dir, shim.ResultName))), r.beginValues(rest)); err != nil {
		r.log.Warn("the kernel's folder cannot be written", "error", err)
	}
	r.current = e
	e.out.source, e.tests = q.source, hasTests(q.source)
	e.id = r.child.send(r.child.shell, "execute_request", map[string]any{
		"code": source, "silent": false, "store_history": true, "user_expressions": map[string]any{},
		"allow_stdin": q.mayRead, "stop_on_error": false,
	}, nil, nil)
	r.parents.put(e.id, e.parent)
	go r.watchEnd(e)
	if reads && !asksItself(q.source) {
		go r.watchInput(e)
	}
}

// cell is the front end's name for the cell, by which it is known again. Where
// there is none every execution is of another cell.
func (q *request) cell() string {
	var said struct {
		ID string `json:"cellId"`
	}
	if json.Unmarshal(q.msg.Metadata, &said) == nil && said.ID != "" {
		return said.ID
	}
	return "message " + q.msg.Header.ID
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// onReply takes GoNB's answers; only those about cells are waited for.
func (r *Relay) onReply(m *wire.Message) {
	if e := r.current; e != nil && m.Header.Type == "execute_reply" && m.ParentID() == e.id {
		e.reply = m
		r.finish(e)
	}
}

// finish ends a cell about which GoNB has said all.
func (r *Relay) finish(e *execution) {
	if e.reply == nil || !e.idle {
		return
	}
	var said struct {
		Status    string
		Evalue    string
		Traceback []string
	}
	if err := e.reply.Bind(&said); err != nil {
		said.Status, said.Evalue = "error", err.Error()
	}
	result, err := shim.ReadResult(r.dir)
	if err != nil {
		r.lost(err.Error())
	}
	report := failure.Report{
		Failed: said.Status != "ok", Evalue: said.Evalue, Traceback: said.Traceback,
		Stdout: e.out.stdout.String(), Stderr: e.out.stderr.String(), Suspects: e.out.suspects,
		Interrupted: e.interrupted > 0, Result: result.Error, At: result.At, Lost: e.lost, Dir: r.dir, Kept: r.kept,
	}
	if r.helper != nil {
		report.Guide = r.helper
	}
	f := failure.Diagnose(r.cells, report)
	r.streams(e, e.out.close(f))
	if f == nil {
		r.learn(e.source)
		declares := map[string]bool{}
		for name := range r.cells[len(r.cells)-1].Prepared.Locals {
			declares[name] = true
		}
		names, _ := cell.Names(e.source)
		for _, name := range names {
			declares[name] = true
		}
		r.methods.Learn(r.cells[len(r.cells)-1].Prepared)
		if note := failure.Note(e.source); note != "" {
			r.note(e, note)
		}
		if err := r.keepValues(e.count, declares); err != nil {
			f = r.own(e, failure.Kernel, fmt.Errorf("the values of the cell are not kept: %w", err))
		}
	}
	r.end(e, f, result.Forms)
}

// own is a failure that the relay itself tells.
func (r *Relay) own(e *execution, name string, err error) *failure.Failure {
	f := &failure.Failure{Cell: e.count, Name: name, Message: err.Error()}
	f.Trace = []string{f.Error()}
	return f
}

// learn notes what a cell declares.
func (r *Relay) learn(source string) {
	names, void := cell.Names(source)
	for _, n := range names {
		r.names[n] = true
		delete(r.void, n)
	}
	for _, n := range void {
		r.void[n] = true
	}
	for _, c := range cell.Commands(source) {
		if c.Name() == "%reset" {
			clear(r.names)
			clear(r.void)
			for name := range r.kept {
				if err := r.forget(name); err != nil {
					r.log.Warn("a value cannot be removed", "name", name, "error", err)
				}
			}
		}
	}
}

// end publishes the result or the failure of a cell and answers its request.
func (r *Relay) end(e *execution, f *failure.Failure, forms map[string]string) {
	reply := map[string]any{"execution_count": e.count, "payload": []any{}}
	shown := ""
	switch {
	case f != nil:
		what := map[string]any{"ename": f.Name, "evalue": f.Message, "traceback": f.Trace}
		r.publish("error", e.parent, what, nil, nil)
		maps.Copy(reply, what)
		reply["status"], reply["circuitbook"] = "error", f
	case len(forms) > 0 && !e.Silent:
		shown = forms["text/plain"]
		r.publish("execute_result", e.parent, map[string]any{
			"execution_count": e.count, "data": forms, "metadata": map[string]any{}}, nil, nil)
		fallthrough
	default:
		reply["status"], reply["user_expressions"] = "ok", map[string]any{}
	}
	if e.stores && strings.TrimSpace(e.source) != "" {
		r.history = append(r.history, entry{e.count, e.Code, shown})
	}
	close(e.done)
	r.current = nil
	r.reply(r.shell, e.msg, "execute_reply", reply)
	r.status("idle", e.parent)
	if f != nil && e.stops {
		r.abort()
	}
	r.next()
}

// abort answers the cells that wait without executing them.
func (r *Relay) abort() {
	for _, q := range r.queue {
		r.status("busy", q.msg.RawHeader())
		r.reply(r.shell, q.msg, "execute_reply", map[string]any{
			"status": "aborted", "execution_count": r.count, "payload": []any{}, "user_expressions": map[string]any{}})
		r.status("idle", q.msg.RawHeader())
	}
	r.queue = nil
	r.tellWaiting()
}

// interrupt interrupts the running cell; a second time it is killed.
func (r *Relay) interrupt() {
	e := r.current
	if e == nil {
		if len(r.queue) > 0 {
			r.abort() // GoNB is not ready yet
		}
		return
	}
	e.interrupted++
	process := r.process
	kill := e.interrupted > 1
	go process.Interrupt(kill)
	if e.interrupted == 1 {
		time.AfterFunc(r.limits.end, func() {
			select {
			case <-e.done:
			default:
				process.Interrupt(true)
			}
		})
	}
}

// hasTests reports whether a cell has its tests run.
func hasTests(source string) bool {
	return slices.ContainsFunc(cell.Commands(source), func(c cell.Command) bool { return c.Name() == "%test" })
}

// asksItself reports whether a cell has GoNB ask for what its commands read.
func asksItself(source string) bool {
	return slices.ContainsFunc(cell.Commands(source), func(c cell.Command) bool {
		return c.Name() == "%with_inputs" || c.Name() == "%with_password"
	})
}
