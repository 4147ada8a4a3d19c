package command

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"circuitbook/kernel/internal/notebook"
	"circuitbook/kernel/internal/report"
)

// claim is a cell that claims a value, by what a notebook sends.
func claim(object string) testCell {
	return testCell{Source: `import (
	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

%%
gonbui.SendData(&protocol.DisplayData{Data: map[protocol.MIMEType]any{
	"` + report.ClaimType + "\": `" + object + "`" + `, protocol.MIMETextPlain: "a claim"}})
gonbui.UpdateHTML("bar", "<b>0</b>")
gonbui.UpdateHTML("bar", "<b>100</b>")
gonbui.Sync()`}
}

// wellCells is a notebook in which everything does what it should.
func wellCells() []testCell {
	return []testCell{
		{Source: "# A title\n\nCosts `$5$`, that is $\\frac{1}{2}$ of $10 and of $20.\n\n$$x^2$$\n\n![a figure](my%20figure.png) <iframe src=\"https://example.org\"></iframe>"},
		{Source: "var scale = \"tiny\" // which\nvar steps = 3", Tags: []string{"parameters"}},
		{Source: "// Say <b>it</b>.\n%%\nfmt.Println(\"hello\", scale, steps)\nfmt.Fprintln(os.Stderr, \"aside\")\nroots, err := artifact.Roots()\nfmt.Println(err, roots[1:])"},
		{Source: "%%\nfor i := range 5 {\n\tfmt.Printf(\"\\r%d%%\", i*25)\n\ttime.Sleep(20*time.Millisecond)\n}\nfmt.Println()"},
		{Source: "%%\npanic(\"as it may\")", Tags: []string{"raises-exception"}},
		{Source: "%%\npanic(\"never\")", Tags: []string{"skip-execution"}},
		claim(`{"name":"loss","value":0.5,"lo":0.4,"hi":0.6,"n":3}`),
	}
}

// TestRun executes a notebook twice, without a network, and compares.
func TestRun(t *testing.T) {
	t.Parallel()
	provided(t)
	p := newPlace(t)
	before := p.notebook(t, "well.ipynb", wellCells()...)
	source := p.read(t, before)
	p.write(t, "my figure.png", "\x89PNG\r\n\x1a\n")
	code, out := p.run(t, "run", "well.ipynb", "-p", "steps=5", "-p", "scale=a,b", "--out", "one")
	if code != exitOK {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	for _, want := range []string{
		`\[2/5\] \d+\.\ds ok  Say <b>it</b>\.`, `\[4/5\] \d+\.\ds ok \(failed, as it may\)`, `all 5 cells did well`, `one/well\.html leaves out what could run or load something: iframe\n`, `one/well\.results\.json`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if p.read(t, before) != source {
		t.Error("the notebook itself was changed")
	}
	executed := p.read(t, "one/well.ipynb")
	for _, want := range []string{`"hello a,b 5\n"`, `"aside\n"`, `"100%\n"`, `var scale = \"a,b\" // which`, `<b>100</b>`, `"name": "circuitbook"`} {
		if !strings.Contains(executed, want) {
			t.Errorf("%s is not in the executed notebook:\n%s", want, executed)
		}
	}
	for _, not := range []string{"\"<b>0</b>\"", "iopub", "transient", "never\n", "gonb_", p.temp} {
		if strings.Contains(executed, not) {
			t.Errorf("%s is in the executed notebook", not)
		}
	}
	// Cells look up the runs that the notebooks come with, after the user's.
	if want := fmt.Sprintf("<nil> [%s]\\n", filepath.Join(p.module, "notebooks", "runs")); !strings.Contains(executed, want) {
		t.Errorf("%s is not in the executed notebook:\n%s", want, executed)
	}
	page := p.read(t, "one/well.html")
	if !strings.Contains(page, "hello a,b 5") || strings.Contains(page, "<script") || regexp.MustCompile(`(src|href)="?https?:`).MatchString(page) {
		t.Error("the page lacks an output, has scripts or needs something from elsewhere")
	}
	for _, want := range []string{"<summary>// Say &lt;b&gt;it&lt;/b&gt;.</summary>", "<code>scale = &#34;a,b&#34;, steps = 5</code>", `<img src="data:image/png;base64,iVBORw0KGgo=" alt="a figure"/>`, "<mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac>", "<code>$5$</code>", "of $10 and of $20", `display="block"`} {
		if !strings.Contains(page, want) {
			_, card, _ := strings.Cut(page, "<section")
			t.Errorf("%s is not in the page, which ends with\n%s", want, card)
		}
	}
	var results struct {
		Loss       float64 `json:"loss"`
		Lo         float64 `json:"loss_lo"`
		N          int     `json:"loss_n"`
		Provenance report.Provenance
	}
	if err := json.Unmarshal([]byte(p.read(t, "one/well.results.json")), &results); err != nil {
		t.Fatal(err)
	}
	n, err := notebook.Parse([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	got := results.Provenance
	if results.Loss != 0.5 || results.Lo != 0.4 || results.N != 3 || got.SourceHash != n.SourceHash() ||
		got.Parameters["steps"] != 5.0 || got.Machine.Cores < 1 || got.Modules["github.com/janpfeifer/gonb"] == "" || !strings.HasPrefix(got.Go, "go1.") {
		t.Errorf("results %+v", results)
	}

	if code, out := p.run(t, "run", "well.ipynb", "-p", "steps=5", "-p", "scale=a,b", "--out", "two", "--in-place"); code != exitOK {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	times := regexp.MustCompile(`<td class="time">[^<]*</td>`)
	for _, ext := range []string{".ipynb", ".html"} {
		one, two := times.ReplaceAllString(p.read(t, "one/well"+ext), ""), times.ReplaceAllString(p.read(t, "two/well"+ext), "")
		if one != two {
			t.Errorf("two runs gave different %s files: %s", ext, cmp.Diff(one, two))
		}
	}
	if p.read(t, before) != executed {
		t.Error("--in-place did not write the notebook")
	}
}

// TestRunFails holds what a failing cell leaves.
func TestRunFails(t *testing.T) {
	t.Parallel()
	provided(t)
	p := newPlace(t)
	p.notebook(t, "bad.ipynb", testCell{Source: "%%\nfmt.Println(1)"}, testCell{Source: "!false"}, testCell{Source: "%%\nfmt.Println(3)"})
	if err := os.Mkdir(filepath.Join(p.dir, "out"), 0o755); err != nil {
		t.Fatal(err)
	}
	p.write(t, "out/bad.results.json", "{}") // of an earlier run
	before := p.read(t, "bad.ipynb")
	code, out := p.run(t, "run", "bad.ipynb", "--out", "out", "--in-place")
	if code != exitFailed || !strings.Contains(out, "circuitbook: cell 2, line 1: !false: exit status 1") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if partial := p.read(t, "out/bad.ipynb"); !strings.Contains(partial, `"1\n"`) || strings.Contains(partial, `"3\n"`) {
		t.Errorf("the partial notebook is\n%s", partial)
	}
	if _, err := os.Stat(filepath.Join(p.dir, "out/bad.results.json")); !os.IsNotExist(err) {
		t.Error("results of an earlier run are still there")
	}
	if p.read(t, "bad.ipynb") != before {
		t.Error("--in-place wrote a notebook that failed")
	}
}

func TestRunRefusesClaim(t *testing.T) {
	t.Parallel()
	provided(t)
	p := newPlace(t)
	p.notebook(t, "twice.ipynb", claim(`{"name":"loss","value":1}`), claim(`{"name":"loss","value":1}`))
	code, out := p.run(t, "run", "twice.ipynb")
	if code != exitFailed || !strings.Contains(out, "cell 2: claim loss: loss is claimed twice") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// longCell says that it runs and then has no end.
var longCell = testCell{Source: "%%\nfmt.Println(\"begun\")\nos.WriteFile(\"begun\", nil, 0o644)\ntime.Sleep(time.Hour)"}

// startLong starts a run and waits until its long cell runs.
func (p place) startLong(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	p.notebook(t, "long.ipynb", testCell{Source: "%%\nfmt.Println(1)"}, longCell)
	cmd := p.command(append([]string{"run", "long.ipynb"}, args...)...)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		if t.Failed() {
			t.Log(out.String())
		}
	})
	p.await(t, "begun")
	if p.processes() == "" {
		t.Fatal("no process of the run is found")
	}
	return cmd
}

func TestRunInterrupted(t *testing.T) {
	t.Parallel()
	provided(t)
	p := newPlace(t)
	cmd := p.startLong(t)
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
	if out := cmd.Stdout.(*strings.Builder).String(); !strings.HasSuffix(out, "circuitbook: interrupted; what ran is in circuitbook-out/long.ipynb\n") {
		t.Errorf("the last words are not about the partial notebook:\n%s", out)
	}
	if partial := p.read(t, "circuitbook-out/long.ipynb"); !strings.Contains(partial, `"1\n"`) || !strings.Contains(partial, `"begun\n"`) {
		t.Errorf("the partial notebook is\n%s", partial)
	}
}

// TestRunKilled holds that a killed run leaves nothing: newPlace looks.
func TestRunKilled(t *testing.T) {
	t.Parallel()
	provided(t)
	p := newPlace(t)
	cmd := p.startLong(t)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	p.clean(t)
	if partial := p.read(t, "circuitbook-out/long.ipynb"); !strings.Contains(partial, `"1\n"`) {
		t.Errorf("what ran before is lost:\n%s", partial)
	}
}

// TestClientKilled kills the Jupyter client instead.
func TestClientKilled(t *testing.T) {
	t.Parallel()
	provided(t)
	p := newPlace(t)
	cmd := p.startLong(t)
	out, err := exec.Command("ps", "-e", "-o", "pid=,ppid=,args=").Output()
	if err != nil {
		t.Skip(err)
	}
	client := regexp.MustCompile(`(?m)^ *(\d+) +` + regexp.QuoteMeta(itoa(cmd.Process.Pid)) + ` .*python`).FindStringSubmatch(string(out))
	if client == nil {
		t.Fatalf("no client of %d in\n%s", cmd.Process.Pid, out)
	}
	if err := syscall.Kill(atoi(t, client[1]), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
}

// TestRunRefuses holds that bad input is refused before anything is made.
func TestRunRefuses(t *testing.T) {
	p := newPlace(t)
	p.write(t, "text.ipynb", "# Title")
	p.write(t, "old.ipynb", `{"nbformat":3,"nbformat_minor":0,"worksheets":[]}`)
	p.write(t, "file", "")
	p.notebook(t, "good.ipynb", testCell{Source: "var n = 1", Tags: []string{"parameters"}})
	if err := os.Mkdir(filepath.Join(p.dir, "read-only"), 0o555); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"run"}, "expected \"<notebook>\""},
		{[]string{"nosuch"}, "there is no command nosuch"},
		{[]string{"run", "missing.ipynb"}, "missing.ipynb: no such file"},
		{[]string{"run", "."}, "not a file"},
		{[]string{"run", "text.ipynb"}, "text.ipynb: not JSON"},
		{[]string{"run", "old.ipynb"}, "nbformat 3"},
		{[]string{"run", "good.ipynb", "-p", "m=2"}, "unknown: m; the notebook has: n int = 1"},
		{[]string{"run", "good.ipynb", "-p", "n=x"}, "n wants int"},
		{[]string{"run", "good.ipynb", "-p", "n"}, "not of the form name=value"},
		{[]string{"run", "good.ipynb", "--out", "file"}, "--out"},
		{[]string{"run", "good.ipynb", "--out", "."}, "write over the notebook itself"},
		{[]string{"run", "good.ipynb", "--timeout=-3s"}, "must not be negative"},
		{[]string{"run", "good.ipynb", "--timeout", "soon"}, "timeout"},
		{[]string{"install", "--user", "--prefix", "x"}, "can't be used together"},
		{[]string{"kernel", "missing.json"}, "missing.json: no such file"},
		{[]string{"kernel", "text.ipynb"}, "text.ipynb is not the connection file"},
	} {
		code, out := p.run(t, c.args...)
		if code != exitUsage || !strings.Contains(out, c.want) {
			t.Errorf("%q: exit code %d, %q is not in\n%s", c.args, code, c.want, out)
		}
	}
	if os.Getuid() != 0 { // to whom nothing is read-only
		if code, out := p.run(t, "run", "good.ipynb", "--out", "read-only"); code != exitUsage || !strings.Contains(out, "permission denied") {
			t.Errorf("exit code %d\n%s", code, out)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(p.dir, "*", "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestRunLeavesNoSession: a process that a cell puts into a session of its own
// ends with the run, however that ends. It names the run's TMPDIR, so that
// newPlace finds it.
func TestRunLeavesNoSession(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("processes are found again on Linux only")
	}
	provided(t)
	leaves := testCell{Source: `%%
cmd := exec.Command("sh", "-c", "trap '' TERM; sleep 10000; : "+os.TempDir())
cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
if err := cmd.Start(); err != nil {
	panic(err)
}
os.WriteFile("left", nil, 0o644)`}
	for name, stop := range map[string]func(*exec.Cmd) error{
		"well":        nil,
		"interrupted": func(c *exec.Cmd) error { return c.Process.Signal(syscall.SIGINT) },
		"killed":      func(c *exec.Cmd) error { return c.Process.Kill() },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			cells := []testCell{leaves, longCell}
			if stop == nil {
				cells[1] = testCell{Source: "%%\nfmt.Println(1)"}
			}
			p.notebook(t, "a.ipynb", cells...)
			cmd := p.command("run", "a.ipynb")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cmd.Process.Kill() })
			p.await(t, "left")
			if !strings.Contains(p.processes(), "trap '' TERM; sleep 10000") {
				t.Error("nothing was started")
			}
			if stop != nil {
				p.await(t, "begun")
				if err := stop(cmd); err != nil {
					t.Fatal(err)
				}
			}
			_ = cmd.Wait()
			if stop == nil && cmd.ProcessState.ExitCode() != exitOK {
				t.Errorf("exit code %d", cmd.ProcessState.ExitCode())
			}
		})
	}
}
