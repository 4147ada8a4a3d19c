package shipped

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"circuitbook/kernel/internal/labtest"
	"circuitbook/kernel/internal/module"
	"circuitbook/sparsenn/suitetest"
)

var update = flag.Bool("update", false, "write the pictures of JupyterLab anew")

// Size of a picture, in pixels, and the most bytes that it may have.
const (
	pictureWidth  = 1400
	pictureHeight = 950
	pictureBytes  = 200_000
)

// A shot is a picture of JupyterLab that the README or the cookbook shows.
type shot struct {
	file, notebook string
	// cells are run in a notebook of their own; nil is a shipped notebook as it was executed.
	cells []string
	// cell begins the text of the cell that the picture is of; "" is the first with a picture.
	cell string
	// at is the JavaScript of the element that the picture is of, and above how many
	// pixels stand above it.
	at    string
	above int
}

// output is the JavaScript of an element in the outputs of the cell whose text begins so.
func output(source, selector string) string {
	return fmt.Sprintf("panel.content.widgets.find(w => w.model.sharedModel.source.startsWith(%q))?.node.querySelector('.jp-OutputArea-output %s')", source, selector)
}

var shots = []shot{
	// The circuit is the notebook's first picture.
	{file: "jupyterlab.png", notebook: "00_tour.ipynb", at: `panel.content.node.querySelector('.jp-OutputArea-output img')`, above: 150},
	{file: "jupyterlab_head.png", notebook: "02_quotes.ipynb", cell: "head := q.LooksBack()", at: output("head := q.LooksBack()", "figure"), above: 130},
	{file: "jupyterlab_slider.png", notebook: "steer.ipynb", cell: "Slider", at: output("Slider", "table"), above: 180, cells: []string{
		"m := Train(\"laptop\", Seed(1))\nq := m.Find(\"single_double_quote\")\nb := Bridge(m, m.Twin())",
		"Slider(\"strength\", []float64{0, 1, 2, 4}, func(s float64) viz.Figure { return b.Steer(q, s).On(\"print('hello world\") })",
	}},
}

// TestScreenshot holds the size of the pictures of JupyterLab. In its long form it opens
// notebooks as a reader has them before them, and with -update writes what is seen as
// those pictures:
//
//	go test ./kernel/internal/labtest/shipped -run TestScreenshot -update
func TestScreenshot(t *testing.T) {
	m, err := module.Search{Cwd: "."}.Find()
	if err != nil {
		t.Fatal(err)
	}
	figures := filepath.Join(m.Dir, "notebooks", "figures")
	if !*update {
		for _, s := range shots {
			text, err := os.ReadFile(filepath.Join(figures, s.file))
			if err != nil {
				t.Fatal(err)
			}
			checkPicture(t, text)
		}
		if !suitetest.Long {
			return
		}
	}
	b := labtest.StartBrowser(t)
	root := t.TempDir()
	copies(t, m, root)
	server := labtest.Lab{Root: root, Env: []string{"JUPYTER_PATH=" + labtest.Install(t, m)}}.Start(t)
	for _, s := range shots {
		t.Run(s.file, func(t *testing.T) {
			text := s.take(t, server, b.Page(t), root)
			checkPicture(t, text)
			if !*update || t.Failed() {
				return
			}
			if err := os.WriteFile(filepath.Join(figures, s.file), text, 0o644); err != nil {
				t.Error(err)
			}
		})
	}
}

// take opens the notebook at the element and returns what is seen.
func (s shot) take(t *testing.T, server *labtest.Server, p *labtest.Page, root string) []byte {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if s.cells != nil {
		must(os.WriteFile(filepath.Join(root, s.notebook), notebookOf(t, s.cells), 0o644))
	}
	must(p.Resize(pictureWidth, pictureHeight))
	must(server.Load(p))
	must(server.Notebook(p, s.notebook, true))
	must(p.Theme(false))
	must(p.Await("panel.sessionContext.ready.then(() => panel.sessionContext.session?.kernel?.info)", suitetest.Patience))
	if s.cells != nil {
		// A cell with a slider ends only when the next one is run.
		must(p.Eval("(jupyterapp.commands.execute('notebook:run-all-cells'), 0)", nil))
		must(p.Await(sliding, suitetest.Patience))
		must(p.Await("globalThis.gonb_comm", suitetest.Patience))
		must(p.Await("(s => (s.value = 3, s.dispatchEvent(new Event('change')), panel.content.node.innerText.includes('strength 4')))("+sliding+")", suitetest.Patience))
	}
	if s.cell != "" { // what is far from view is not drawn yet
		must(p.Eval(fmt.Sprintf("panel.content.scrollToItem(panel.content.widgets.findIndex(w => w.model.sharedModel.source.startsWith(%q)), 'start').then(() => 0)", s.cell), nil))
	}
	must(p.Await("("+s.at+")?.complete ?? !!("+s.at+")", suitetest.Patience))
	must(p.Eval("(panel.content.activeCellIndex = panel.content.widgets.findIndex(w => w.node.contains("+s.at+")), panel.content.mode = 'command', 0)", nil))
	const view = `panel.content.node.querySelector('.jp-WindowedPanel-outer') ?? panel.content.node`
	must(p.Eval(fmt.Sprintf("(%s.scrollIntoView({block: 'start', behavior: 'instant'}), (%s).scrollBy({top: -%d, behavior: 'instant'}), 0)", s.at, view, s.above), nil))
	// What moves stands still.
	const still = `(async top => { const was = top(); await new Promise(r => setTimeout(r, 200)); return top() === was })`
	must(p.Await(still+"(() => "+s.at+".getBoundingClientRect().top)", suitetest.Patience))
	var at struct{ Left, Right, Top float64 }
	must(p.Eval("(r => ({Left: r.left, Right: r.right, Top: r.top}))("+s.at+".getBoundingClientRect())", &at))
	if at.Left < 0 || at.Right > pictureWidth || at.Top < 0 || at.Top > pictureHeight*3/4 {
		t.Errorf("what the picture is of is out of view: %+v", at)
	}
	img, _, err := p.Screenshot()
	must(err)
	if n := labtest.Colours(img, image.Rect(int(at.Left), int(at.Top), int(at.Right), pictureHeight-50), 20); n < 20 {
		t.Errorf("it has %d colours", n)
	}
	var text bytes.Buffer
	must((&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&text, img))
	return text.Bytes()
}

// sliding is the JavaScript of the slider.
const sliding = `panel.content.node.querySelector('input[type=range]')`

// notebookOf is a notebook of cells that were not run.
func notebookOf(t *testing.T, sources []string) []byte {
	t.Helper()
	var cells []map[string]any
	for i, source := range sources {
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

func checkPicture(t *testing.T, text []byte) {
	t.Helper()
	c, err := png.DecodeConfig(bytes.NewReader(text))
	if err != nil || c.Width != pictureWidth || c.Height != pictureHeight {
		t.Errorf("the picture is %d × %d: %v", c.Width, c.Height, err)
	}
	if len(text) > pictureBytes {
		t.Errorf("the picture has %d bytes, more than %d", len(text), pictureBytes)
	}
}
