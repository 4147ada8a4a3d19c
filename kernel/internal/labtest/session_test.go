package labtest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/notebook"
	"circuitbook/sparsenn/suitetest"
)

// cells of the notebook that testSession works in.
const (
	figure = iota
	strip
	endless
	waiting
	greeting
	slider
	behind
	typed
)

// sessionNotebook is a notebook as a person would have it before they run it.
func sessionNotebook(t *testing.T) []byte {
	t.Helper()
	var cells []map[string]any
	for i, source := range []string{
		figure:   "import \"circuitbook/sparsenn/circuit\"\n\ncircuit.Load(\"quotes.json\")",
		strip:    "tokenview.TokenStrips{Strips: []tokenview.TokenStrip{tokenview.Strip(\"0.mlp.post_act[3]\", []string{\"print\", \"(\", \"'\", \"hi\"}, []float64{0.125, -0.5, 0.75, 1.5})}}",
		endless:  "// a loop\nfmt.Println(\"begun\")\nfor i := 0; ; i++ {\n\ttime.Sleep(10 * time.Millisecond)\n}",
		waiting:  "fmt.Println(\"never\")",
		greeting: "greeting := \"good day\"\nfmt.Println(strings.ToUpper(greeting))",
		slider:   "Slider(\"side\", []float64{1, 2, 3}, func(x float64) viz.Figure {\n\treturn viz.Table{Columns: []viz.Column{{Name: \"area\"}}, Rows: [][]any{{fmt.Sprint(\"area \", x*x)}}}\n})",
		behind:   "fmt.Println(\"behind it\")",
		typed:    "",
	} {
		cells = append(cells, map[string]any{"cell_type": "code", "id": fmt.Sprint("cell", i), "metadata": map[string]any{}, "source": source, "outputs": []any{}, "execution_count": nil})
	}
	text, err := json.Marshal(map[string]any{"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{
		"kernelspec": map[string]string{"name": "circuitbook", "display_name": "Go (Circuitbook)", "language": "go"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// cell is the JavaScript of a cell of the notebook that is open.
func cell(i int) string { return fmt.Sprintf("panel.content.widgets[%d]", i) }

// said is the JavaScript of the text of a cell's outputs.
func said(i int) string { return cell(i) + ".outputArea.node.innerText" }

// choose makes a cell the active one, to be edited if edit is set.
func (p *Page) choose(i int, edit bool) error {
	mode := "command"
	if edit {
		mode = "edit"
	}
	if err := p.Eval(fmt.Sprintf("(panel.content.activeCellIndex = %d, panel.content.mode = %q, %s.node.scrollIntoView({block: 'center', behavior: 'instant'}), 0)", i, mode, cell(i)), nil); err != nil || !edit {
		return err
	}
	return p.Await(cell(i)+".editor.hasFocus()", stepTimeout)
}

// begin runs the active cell without waiting for it.
func (p *Page) begin() error {
	return p.Eval("(jupyterapp.commands.execute('notebook:run-cell'), 0)", nil)
}

func (p *Page) keys(text string) error { return p.run(stepTimeout, chromedp.KeyEvent(text)) }

// testSession is an hour of a person's in JupyterLab: install, open, run, look,
// point, complete with Tab, ask with Shift+Tab, interrupt, restart, save. The long
// form opens it again where it is not trusted, as the shipped notebooks are.
func testSession(t *testing.T, server *Server, p *Page, root string) {
	m, err := module.Search{Cwd: "."}.Find()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "a.ipynb"), sessionNotebook(t), 0o644); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(m.Dir, "viz", "testdata", "quotes.circuit.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "quotes.json"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	keep := Screenshots(t, filepath.Join(m.Dir, "circuitbook-out", "screenshots"))
	shot := func(name string) {
		t.Helper()
		_, file, err := p.Screenshot()
		if err == nil {
			err = os.WriteFile(filepath.Join(keep, "session-"+name+".png"), file, 0o644)
		}
		if err != nil {
			t.Error(err)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			shot("failure")
			t.Fatal(err)
		}
	}
	must(server.Notebook(p, "a.ipynb", true))
	must(p.Await("panel.sessionContext.ready.then(() => panel.sessionContext.session?.kernel?.info)", stepTimeout))
	must(p.Await("document.querySelector('.jp-KernelName, .jp-Toolbar-kernelName')?.innerText.includes('Go (Circuitbook)')", stepTimeout))

	// Pictures.
	for _, i := range []int{figure, strip} {
		what := "img"
		if i == strip {
			what = "[title]"
		}
		must(p.choose(i, false))
		must(p.begin())
		must(p.Await(fmt.Sprintf("%s.model.executionCount && [...%[1]s.outputArea.node.querySelectorAll(%q)].some(e => e.getBoundingClientRect().width > 0 && e.naturalWidth !== 0)", cell(i), what), stepTimeout))
	}
	shot("figures")

	// What is pointed at says its value.
	var at struct{ X, Y float64 }
	must(p.choose(strip, false))
	must(p.Eval("(() => { const r = "+cell(strip)+".outputArea.node.querySelector('[title*=\"0.125\"]').getBoundingClientRect(); return {X: r.x + r.width/2, Y: r.y + r.height/2} })()", &at))
	must(p.run(stepTimeout, chromedp.ActionFunc(func(ctx context.Context) error {
		return input.DispatchMouseEvent(input.MouseMoved, at.X, at.Y).Do(ctx)
	})))
	var title string
	must(p.Eval("[...document.querySelectorAll(':hover')].pop()?.closest('[title]')?.title", &title))
	if !strings.Contains(title, "0.125") {
		t.Errorf("pointing at a token shows %q, not its value", title)
	}

	// Tab completes and Shift+Tab describes.
	must(p.choose(typed, true))
	must(p.keys("strings.ToTi"))
	must(p.keys(kb.Tab))
	must(p.Await(cell(typed)+".model.sharedModel.source.includes('ToTitle') || document.querySelector('.jp-Completer:not(.lm-mod-hidden)')?.innerText.includes('ToTitle')", stepTimeout))
	shot("completion")
	must(p.Eval("document.querySelector('.jp-Completer:not(.lm-mod-hidden)') ? jupyterapp.commands.execute('completer:select-notebook').then(() => true) : true", nil))
	must(p.Await(cell(typed)+".model.sharedModel.source.startsWith('strings.ToTitle')", stepTimeout))
	must(p.keys(`("x")`))
	must(p.Eval("("+cell(typed)+".editor.setCursorPosition({line: 0, column: 10}), jupyterapp.commands.execute('tooltip:launch-notebook').then(() => true))", nil))
	must(p.Await("document.querySelector('.jp-Tooltip')?.innerText.includes('func ToTitle')", stepTimeout))
	must(p.keys(kb.Escape))
	must(p.begin())
	must(p.Await(said(typed)+".includes('\"X\"')", stepTimeout))

	// A loop without an end is interrupted, what stands behind it in the queue does not
	// run, and the kernel goes on.
	must(p.choose(endless, false))
	must(p.begin())
	must(p.Await("panel.sessionContext.session.kernel.status === 'busy'", stepTimeout))
	must(p.choose(waiting, false))
	must(p.begin())
	must(p.Await(said(endless)+".includes('begun')", stepTimeout))
	must(p.Command("notebook:interrupt-kernel", "{}"))
	must(p.Await(said(endless)+".includes('interrupted')", stepTimeout))
	must(p.Await("panel.sessionContext.session.kernel.status === 'idle'", stepTimeout))
	var ran string
	must(p.Eval(said(waiting), &ran))
	if strings.Contains(ran, "never") {
		t.Error("a cell that was queued behind the interrupted one ran")
	}
	shot("interrupted")

	// Restarted, it knows nothing and works.
	must(p.eval(stepTimeout, "panel.sessionContext.restartKernel().then(() => true)", nil))
	must(p.Await("panel.sessionContext.session.kernel.connectionStatus === 'connected' && panel.sessionContext.session.kernel.status === 'idle'", stepTimeout))
	must(p.choose(greeting, false))
	must(p.begin())
	must(p.Await(said(greeting)+".includes('GOOD DAY') && "+cell(greeting)+".model.executionCount === 1", stepTimeout))

	// A slider shows the figure of its value, until the next cell is run; then all stand there.
	must(p.choose(slider, false))
	must(p.begin())
	must(p.Await(cell(slider)+".outputArea.node.querySelector('input[type=range]') && "+said(slider)+".includes('area 1')", stepTimeout))
	must(p.Await("globalThis.gonb_comm && "+said(slider)+".includes('area 1')", stepTimeout))
	must(p.Await("(() => { const s = "+cell(slider)+".outputArea.node.querySelector('input[type=range]'); s.value = 1; s.dispatchEvent(new Event('change')); return "+said(slider)+".includes('area 4') })()", stepTimeout))
	var turned string
	must(p.Eval(said(slider), &turned))
	if strings.Contains(turned, "area 1") {
		t.Errorf("the figure was not replaced: %s", turned)
	}
	shot("slider")
	must(p.choose(behind, false))
	must(p.begin())
	must(p.Await(said(behind)+".includes('behind it')", stepTimeout))
	must(p.Await(said(slider)+".includes('area 1') && "+said(slider)+".includes('area 9')", stepTimeout))

	must(p.Eval("panel.context.save().then(() => true)", nil))
	if !suitetest.Long {
		return
	}
	must(p.Close())

	// Somebody else's JupyterLab does not trust it, and shows it.
	other := Lab{Root: root}.Start(t)
	must(other.Load(p))
	must(other.Notebook(p, "a.ipynb", false))
	n, err := notebook.Read(filepath.Join(root, "a.ipynb"))
	must(err)
	want := Displays(n, WithHTML)
	if len(want) < 2 {
		t.Fatalf("only %d displays were saved", len(want))
	}
	seen, err := p.Look(InLab, want, stepTimeout, nil)
	must(err)
	for _, problem := range seen.Problems {
		t.Errorf("reopened: %s", problem)
	}
	if seen.Pictures == 0 {
		t.Error("reopened, it shows no picture")
	}
	shot("untrusted")
}
