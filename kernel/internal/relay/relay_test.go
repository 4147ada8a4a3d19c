package relay

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"circuitbook/sparsenn/suitetest"

	"github.com/google/go-cmp/cmp"

	"circuitbook/kernel/internal/wire"
)

// TestExecute holds, in one kernel, what a front end is told about cells.
func TestExecute(t *testing.T) {
	f := newFront(t, patient)
	count := 0
	for name, c := range []struct {
		name, code string
		status     string
		said       []string
		evalue     string
	}{
		{"output", "func f() {}\n// out \"a\"\n// err \"b\"", "ok", []string{`stdout "a"`, `stderr "b"`}, ""},
		{"result", "// result \"text/plain 2\\n42\"\n6*7", "ok", []string{"execute_result map[text/plain:42]"}, ""},
		{"no old result", "x()", "ok", nil, ""},
		{"picture", `// show "<div><svg xmlns='a'/></div>"` + "\nx()", "ok", []string{"display_data map[image/svg+xml:<svg xmlns='a'/> text/html:<div><svg xmlns='a'/></div>]"}, ""},
		{"HTML", `// show "<div><b/></div>"` + "\nx()", "ok", []string{"display_data map[text/html:<div><b/></div>]"}, ""},
		{"panic", `// err "before\npanic: oh\n"` + "\n" + `// err "more\n"` + "\n" + `// err "exit status 2\n"` + "\n" + `// fail "exit status 2"` + "\nx()", "error",
			[]string{`stderr "before\n"`, "Panic: panic: oh\nmore"}, "panic: oh\nmore"},
		{"panic that did not end it", `// err "panic: said\n"` + "\n" + `// err "more"` + "\nx()", "ok", []string{`stderr "panic: said\nmore"`}, ""},
		{"exit", `// err "no luck\n"` + "\n" + `// err "exit status 1\n"` + "\n" + `// fail "exit status 1"` + "\nx()", "error",
			[]string{`stderr "no luck\n"`, "ExitError: no luck (exit status 1)"}, "no luck (exit status 1)"},
		{"shell", "!false\n" + `// err "exit status 1\n"`, "error", []string{"ShellError: !false: exit status 1"}, "!false: exit status 1"},
		{"what a shell says", `// err "exit status 1\n"` + "\nx()", "ok", []string{`stderr "exit status 1\n"`}, ""},
		{"followed", `// err "exit status 1\n"` + "\n// out \"x\"\nx()", "ok", []string{`stderr "exit status 1\n"`, `stdout "x"`}, ""},
		{"magic", "%nosuch\n" + `// err "\"%nosuch\" unknown or not implemented yet."` + "\n// out \"x\"", "error",
			[]string{`stdout "x"`, "MagicError: there is no magic %nosuch; %help tells which there are"}, "there is no magic %nosuch; %help tells which there are"},
		{"checked error", "// result \"error 7\\nno luckat 5\\n/x:12\"\n// fail \"exit status 1\"\nx()", "error", []string{"ExitError: no luck"}, "no luck"},
		{"member", "// fail \"./main.go:9:2: undefined: fmt.Printn\"\nfmt.Printn()", "error",
			[]string{"CompileError: undefined: fmt.Printn\nthe package fmt has no Printn; is Print, Println or Sprint meant?"}, "undefined: fmt.Printn\nthe package fmt has no Printn; is Print, Println or Sprint meant?"},
		{"returned error", "// result \"error 7\\nno luck\"\n// fail \"exit status 1\"\nx()", "error", []string{"ExitError: no luck"}, "no luck"},
		{"compiler", "x := 1\n// fail \"./main.go:9:2: undefined: y\"\nx", "error", []string{"CompileError: undefined: y"}, "undefined: y"},
		{"comm", "// comm\nx()", "ok", []string{"comm_open"}, ""},
	} {
		count++
		reply, said := f.ask("execute_request", map[string]any{"code": c.code})
		want := append(append([]string{"busy", fmt.Sprint("input ", count)}, c.said...), "idle")
		if diff := cmp.Diff(want, said); diff != "" {
			t.Errorf("%d %s (-want +got):\n%s", name, c.name, diff)
		}
		if reply["status"] != c.status || reply["execution_count"] != float64(count) {
			t.Errorf("%s: %v", c.name, reply)
		}
		if c.status == "error" && (reply["evalue"] != c.evalue || len(reply["traceback"].([]any)) == 0) {
			t.Errorf("%s: %v", c.name, reply)
		}
	}
	reply, _ := f.ask("comm_info_request", map[string]any{"target_name": "w"})
	if diff := cmp.Diff(map[string]any{"c1": map[string]any{"target_name": "w"}}, reply["comms"]); diff != "" {
		t.Error(diff)
	}
	if reply, _ = f.ask("comm_info_request", map[string]any{"target_name": "v"}); len(reply["comms"].(map[string]any)) != 0 {
		t.Errorf("got %v", reply)
	}
	// A blank cell is nothing, and a silent one is not counted nor told.
	if reply, said := f.ask("execute_request", map[string]any{"code": " \n"}); reply["status"] != "ok" || reply["execution_count"] != float64(count) || len(said) != 3 {
		t.Errorf("got %v, %q", reply, said)
	}
	if reply, said := f.ask("execute_request", map[string]any{"code": "// result \"text/plain 1\\nx\"\n1", "silent": true}); reply["execution_count"] != float64(count) || len(said) != 2 {
		t.Errorf("got %v, %q", reply, said)
	}
	if reply, _ := f.ask("execute_request", map[string]any{"code": 3}); reply["status"] != "error" {
		t.Errorf("got %v", reply)
	}
}

// TestCells: GoNB is given what a cell means, whatever it is written like, and not
// what it would not carry out.
func TestCells(t *testing.T) {
	f := newFront(t, patient)
	for _, c := range []struct{ code, given, evalue string }{
		{"%%bash\r\nls\r\n", "%%bash\nls\n", ""},
		{"\ufeff%env A b\r\nf();\rg();", "%env A b\n%%\n        \nf()\n\ng()", ""},
		{"f()\nfunc main() {}", "", "func main stands beside"},
		{"func init() {}", "func init_0001_01() {}", ""},
		{"func init() {}\nvar a int", "func init_0002_01() {}\nvar a int", ""},
		{"func init() {}", "func init_0003_01() {}", ""},
		{"type T int\nfunc (t T) M() {}", "type T int\nfunc (t T) M() {}", ""},
		{"%rm T", "%rm T T~M", ""},
	} {
		before := len(f.gonb.sources())
		reply, _ := f.ask("execute_request", map[string]any{"code": c.code})
		given := ""
		if all := f.gonb.sources()[before:]; len(all) > 0 {
			given = all[0]
		}
		said, _ := reply["evalue"].(string)
		if given != c.given || !strings.HasPrefix(said, c.evalue) || (said == "") != (c.evalue == "") {
			t.Errorf("%q was given as %q, want %q; %q", c.code, given, c.given, said)
		}
	}
}

// TestCellID: a cell is known again by what a front end calls it.
func TestCellID(t *testing.T) {
	for metadata, want := range map[string]string{`{"cellId": "abc"}`: "abc", `{}`: "message 1", `{"cellId": 3}`: "message 1", "": "message 1"} {
		q := request{msg: &wire.Message{Header: wire.Header{ID: "1"}, Metadata: json.RawMessage(metadata)}}
		if got := q.cell(); got != want {
			t.Errorf("%s: %q, want %q", metadata, got, want)
		}
	}
}

// TestQueue: cells are executed one after the other, and those that wait when
// one fails are not, unless it says so.
func TestQueue(t *testing.T) {
	f := newFront(t, patient)
	for _, stops := range []bool{true, false} {
		before := len(f.gonb.sources())
		first := f.begin(map[string]any{"code": "// wait\n// fail \"exit status 1\"\nx()", "stop_on_error": stops})
		second := f.send(f.shell, "execute_request", map[string]any{"code": "// out \"2\"\nx()"})
		// While one runs everything else is answered.
		id := f.send(f.shell, "complete_request", map[string]any{"code": "fmt.Pr", "cursor_pos": 6})
		if _, reply := f.next(f.replies, id); len(reply["matches"].([]any)) != 2 {
			t.Errorf("got %v", reply)
		}
		id = f.send(f.control, "kernel_info_request", nil)
		f.next(f.replies, id)
		f.gonb.release <- true
		if _, reply := f.next(f.replies, first); reply["status"] != "error" {
			t.Errorf("got %v", reply)
		}
		want := map[bool]string{true: "aborted", false: "ok"}[stops]
		if _, reply := f.next(f.replies, second); reply["status"] != want {
			t.Errorf("got %v, want %s", reply, want)
		}
		if n := len(f.gonb.sources()) - before; (n == 1) != stops {
			t.Errorf("GoNB got %d cells", n)
		}
		if !f.over(second, suitetest.Patience) {
			t.Fatal("the second cell is not over")
		}
	}
	if reply, said := f.ask("execute_request", map[string]any{"code": "// out \"3\"\nx()"}); reply["status"] != "ok" || len(said) != 4 {
		t.Errorf("afterwards: %v, %q", reply, said)
	}
}

// TestHelpComes: questions that come while the kernel starts are answered once there is
// somebody to ask, or, where nobody comes, from what is known.
func TestHelpComes(t *testing.T) {
	for _, comes := range []bool{true, false} {
		l := patient
		if !comes {
			l.start = 50 * time.Millisecond
		}
		f := unhelped(t, l)
		first := f.send(f.shell, "complete_request", map[string]any{"code": "fmt.Pr"})
		second := f.send(f.shell, "complete_request", map[string]any{"code": "swi"})
		f.next(f.replies, f.send(f.control, "kernel_info_request", nil)) // what needs nobody is answered
		want := map[string]int{first: 0, second: 1}
		if comes {
			f.help(noHelp{})
			want[first] = 2
		}
		for range 2 {
			m := <-f.replies
			var reply struct{ Matches []string }
			if err := m.Bind(&reply); err != nil || len(reply.Matches) != want[m.ParentID()] {
				t.Errorf("help comes: %v; %v, %v", comes, reply, err)
			}
		}
	}
}

// TestWaitsBeforeGoNB: cells that come before GoNB leave no file beside the notebook,
// and are told of in the kernel's folder once it is there.
func TestWaitsBeforeGoNB(t *testing.T) {
	here := t.TempDir()
	t.Chdir(here)
	r := &Relay{queue: []*request{{}}}
	r.tellWaiting()
	if files, err := os.ReadDir(here); err != nil || len(files) > 0 {
		t.Fatal(files, err)
	}
	r.dir = t.TempDir()
	for n := range 2 {
		r.tellWaiting()
		if files, err := os.ReadDir(r.dir); err != nil || len(files) != 1-n {
			t.Fatal(files, err)
		}
		r.queue = nil
	}
}

// TestInterrupt: the first one interrupts, the next one kills, and so does
// time.
func TestInterrupt(t *testing.T) {
	for name, c := range map[string]struct {
		limit time.Duration
		again bool
	}{"again": {suitetest.Patience, true}, "time": {50 * time.Millisecond, false}} {
		l := patient
		l.end = c.limit
		f := newFront(t, l)
		interrupt := func() {
			t.Helper()
			if _, reply := f.next(f.replies, f.send(f.control, "interrupt_request", nil)); reply["status"] != "ok" {
				t.Errorf("%s: got %v", name, reply)
			}
		}
		interrupt() // nothing runs
		id := f.begin(map[string]any{"code": "// wait\n// fail \"signal: interrupt\"\nx()"})
		interrupt()
		if kill := <-f.gonb.interrupted; kill {
			t.Errorf("%s: killed at once", name)
		}
		if c.again {
			interrupt()
		}
		if kill := <-f.gonb.interrupted; !kill {
			t.Errorf("%s: not killed", name)
		}
		f.gonb.release <- true
		if _, reply := f.next(f.replies, id); reply["ename"] != "Interrupted" {
			t.Errorf("%s: got %v", name, reply)
		}
	}
}

// TestInterruptEnds: a cell that ended is not killed for the interrupt before it.
func TestInterruptEnds(t *testing.T) {
	l := patient
	l.end = time.Second
	f := newFront(t, l)
	id := f.begin(map[string]any{"code": "// wait\n// fail \"signal: interrupt\"\nx()"})
	start := time.Now()
	f.next(f.replies, f.send(f.control, "interrupt_request", nil))
	<-f.gonb.interrupted
	f.gonb.release <- true
	f.next(f.replies, id)
	if time.Since(start) > l.end/2 {
		t.Skip("this machine is too busy to see it")
	}
	time.Sleep(l.end)
	if len(f.gonb.interrupted) > 0 {
		t.Error("a cell that had ended was killed")
	}
}

func TestInput(t *testing.T) {
	f := newFront(t, patient)
	id := f.send(f.shell, "execute_request", map[string]any{"code": "// ask\nx()"})
	m, content := f.next(f.input, id)
	if m.Header.Type != "input_request" || content["prompt"] != "name?" || content["password"] != true {
		t.Errorf("got %s %v", m.Header.Type, content)
	}
	f.send(f.stdin, "input_reply", map[string]any{"value": "me"})
	if _, said := f.heard(id); !strings.Contains(strings.Join(said, "|"), `stdout "me"`) {
		t.Errorf("got %q", said)
	}
	// Where nobody may be asked nobody is, and commands find an end.
	id = f.send(f.shell, "execute_request", map[string]any{"code": "!read x\n// ask\nx()", "allow_stdin": false})
	time.Sleep(200 * time.Millisecond)
	f.gonb.release <- true
	if reply, _ := f.heard(id); reply["status"] != "ok" || len(f.input) > 0 {
		t.Errorf("got %v, and %d questions", reply, len(f.input))
	}
	if sources := f.gonb.sources(); !strings.HasPrefix(sources[len(sources)-1], "!exec </dev/null; read x\n%%\n") {
		t.Errorf("GoNB got %q", sources)
	}
}

func TestQuestions(t *testing.T) {
	f := newFront(t, patient)
	f.ask("execute_request", map[string]any{"code": "// Fun does.\nfunc funny(i int) {}\ntype Funds int"})
	for code, want := range map[string]string{
		"fun":              "[func funny]",
		"x.y":              "[]",
		"fmt.Print":        "[Println]",
		"furious := 1\nfu": "[func funny furious]",
		"!fu":              "[]",
		"%ver":             "[version]",
		"é := fmt.Sp":      "[Sprint]",
		"%%bash\nfun":      "[]",
		"x := Fun":         "[Funds]",
		"typed.":           "[Alpha Also Beta]",
		"Fun(\"fu":         "[]",
		"Fun(\"fu\", fun":  "[func funny]",
		"\"\\\"\" + fun":   "[func funny]",
		"// \"\nfun":       "[func funny]",
		"typed.Al":         "[Alpha Also]",
		"fmt := 1\nfmt.Pr": "[Private]",
		"!typed.":          "[]",
		"":                 "",
	} {
		reply, said := f.ask("complete_request", map[string]any{"code": code, "cursor_pos": len([]rune(code))})
		if got := fmt.Sprint(reply["matches"]); want != "" && got != want {
			t.Errorf("%q: %s, want %s", code, got, want)
		}
		if reply["status"] != "ok" || reply["cursor_end"] != float64(len([]rune(code))) || len(said) != 2 {
			t.Errorf("%q: %v, %q", code, reply, said)
		}
	}
	for code, want := range map[string]string{
		"funny(1)":              "// Fun does.\nfunc funny(i int) {}",
		"fmt.Println":           "doc of fmt.Println",
		"fmt.Println(":          "doc of fmt.Println",
		"fmt.Println(\"a":       "doc of fmt.Println",
		"fmt.Println(\"a\", ":   "doc of fmt.Println",
		"fmt.Println([]int{1, ": "doc of fmt.Println",
		"fmt":                   "doc of fmt.",
		"nosuch":                "",
		"typed.Alpha":           "doc at some/path.T.Alpha",
		"typed.Alpha(":          "doc at some/path.T.Alpha",
		"var local = 1\nlocal":  "var local int\n\nvar local = 1",
		"local":                 "var local int",
		"":                      "",
	} {
		reply, _ := f.ask("inspect_request", map[string]any{"code": code, "cursor_pos": len(code), "detail_level": 0})
		if code == "funny(1)" {
			reply, _ = f.ask("inspect_request", map[string]any{"code": code, "cursor_pos": 3})
		}
		data := reply["data"].(map[string]any)
		if got, _ := data["text/plain"].(string); got != want || reply["found"] != (want != "") {
			t.Errorf("%q: %v, want %q", code, reply, want)
		}
	}
	reply, _ := f.ask("complete_request", map[string]any{"code": "typed.Al", "cursor_pos": 8})
	if got := fmt.Sprint(reply["metadata"]); got != "map[_jupyter_types_experimental:[map[end:8 signature:int start:6 text:Alpha type:field] map[end:8 signature:func() start:6 text:Also type:function]]]" {
		t.Errorf("got %s", got)
	}
	hasty := patient
	hasty.types = time.Millisecond
	if reply, _ := newFront(t, hasty).ask("complete_request", map[string]any{"code": slowWord + "x", "cursor_pos": 6}); fmt.Sprint(reply["matches"]) != "[]" {
		t.Errorf("of what takes too long: %v", reply)
	}
	info, _ := f.ask("kernel_info_request", nil)
	language := info["language_info"].(map[string]any)
	if info["implementation"] != "circuitbook" || info["implementation_version"] != "1.2" || language["pygments_lexer"] != "go" || language["file_extension"] != ".go" {
		t.Errorf("got %v", info)
	}
	if reply, _ := f.ask("is_complete_request", map[string]any{"code": "func f() {"}); reply["status"] != "incomplete" || reply["indent"] != "\t" {
		t.Errorf("got %v", reply)
	}
	if reply, _ := f.ask("connect_request", nil); reply["shell_port"] != float64(1) {
		t.Errorf("got %v", reply)
	}
	for _, kind := range []string{"is_complete_request", "complete_request", "inspect_request"} {
		if reply, said := f.ask(kind, map[string]any{"code": 1}); reply["status"] != "error" || len(said) != 2 {
			t.Errorf("%s: %v, %q", kind, reply, said)
		}
	}
	// A cursor that is nowhere is at an end.
	for _, cursor := range []int{-5, 99} {
		if reply, _ := f.ask("complete_request", map[string]any{"code": "fun", "cursor_pos": cursor}); reply["status"] != "ok" {
			t.Errorf("got %v", reply)
		}
	}
}

// TestNotUnderstood: whatever is signed and asks for something gets an answer.
func TestNotUnderstood(t *testing.T) {
	f := newFront(t, patient)
	ask := func(what, kind string, m wire.Message) {
		t.Helper()
		for _, s := range []*wire.Socket{f.shell, f.control} {
			m.Header = wire.NewHeader(kind, "front")
			s.Send(&m)
			reply, content := f.next(f.replies, m.Header.ID)
			if content["status"] != "error" || reply.Header.Type != strings.TrimSuffix(kind, "_request")+"_reply" {
				t.Errorf("%s, %s: %s %v", what, kind, reply.Header.Type, content)
			}
		}
	}
	object := json.RawMessage("{}")
	for what, m := range map[string]wire.Message{
		"content a string": {Content: json.RawMessage(`"x"`)},
		"content a number": {Content: json.RawMessage("1")},
		"content cut":      {Content: json.RawMessage(`{"code": `)},
		"metadata a list":  {Content: object, Metadata: json.RawMessage("[]")},
		"parent a number":  {Content: object, Parent: json.RawMessage("1")},
		"all of them":      {Content: json.RawMessage("null"), Metadata: json.RawMessage("null"), Parent: json.RawMessage("null")},
	} {
		for _, kind := range []string{"execute_request", "kernel_info_request", "complete_request", "comm_info_request", "nosuch_request"} {
			ask(what, kind, m)
		}
	}
	ask("a type that is not known", "nosuch_request", wire.Message{Content: object})
	// What is no request gets none, and all goes on.
	for len(f.said) > 0 {
		<-f.said
	}
	f.shell.Send(&wire.Message{Header: wire.NewHeader("comm_msg", "front"), Content: json.RawMessage("[]")})
	id := f.send(f.shell, "is_complete_request", map[string]any{"code": "x"})
	if _, reply := f.next(f.replies, id); reply["status"] != "complete" {
		t.Errorf("got %v", reply)
	}
}

func TestShutdown(t *testing.T) {
	f := newFront(t, patient)
	id := f.send(f.control, "shutdown_request", map[string]any{"restart": true})
	if m, reply := f.next(f.replies, id); m.Header.Type != "shutdown_reply" || reply["restart"] != true {
		t.Errorf("got %s %v", m.Header.Type, reply)
	}
	select {
	case <-f.stopped:
	case <-time.After(suitetest.Patience):
		t.Error("it does not stop")
	}
}

func TestRecall(t *testing.T) {
	two := 3
	all := []entry{{1, "a", ""}, {2, "b/c", "x"}, {3, "a", ""}, {4, "ab", ""}}
	for name, c := range map[string]struct {
		in   historyRequest
		want string
	}{
		"tail":       {historyRequest{Access: "tail", N: 2}, "[[0 3 a] [0 4 ab]]"},
		"more":       {historyRequest{Access: "tail", N: 9}, "[[0 1 a] [0 2 b/c] [0 3 a] [0 4 ab]]"},
		"range":      {historyRequest{Access: "range", Start: 2, Stop: &two}, "[[0 2 b/c]]"},
		"open range": {historyRequest{Access: "range", Start: 3}, "[[0 3 a] [0 4 ab]]"},
		"session":    {historyRequest{Access: "range", Session: -1}, "[]"},
		"search":     {historyRequest{Access: "search", Pattern: "a*", N: 2}, "[[0 3 a] [0 4 ab]]"},
		"unique":     {historyRequest{Access: "search", Pattern: "a*", Unique: true}, "[[0 3 a] [0 4 ab]]"},
		"slash":      {historyRequest{Access: "search", Pattern: "b*", Output: true}, "[[0 2 [b/c x]]]"},
		"bad":        {historyRequest{Access: "search", Pattern: "[", N: 1}, "[]"},
	} {
		if got := fmt.Sprint(recall(all, c.in)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
