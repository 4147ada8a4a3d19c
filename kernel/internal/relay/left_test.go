package relay

import (
	"strings"
	"testing"
)

// TestLeft holds that a cell which waits for what its program left running says
// so, on a line of its own and once, and that others do not.
func TestLeft(t *testing.T) {
	f := newFront(t, patient)
	f.gonb.left.Store(true)
	id := f.send(f.shell, "execute_request", map[string]any{"code": "// err \"begun\"\n// wait\nx()"})
	for {
		if _, c := f.next(f.said, id); strings.Contains(strings.Join([]string{text(c["name"]), text(c["text"])}, " "), "stderr \n"+left+"\n") {
			break
		}
	}
	f.gonb.left.Store(false)
	f.gonb.release <- true
	reply, said := f.heard(id)
	if reply["status"] != "ok" || len(said) != 1 {
		t.Errorf("%v, then %q", reply, said)
	}
	if _, said := f.ask("execute_request", map[string]any{"code": "// out \"x\"\nprint('x')"}); len(said) != 5 || !strings.Contains(said[3], "between double quotes") {
		t.Errorf("got %q", said)
	}
}

func text(v any) string {
	s, _ := v.(string)
	return s
}
