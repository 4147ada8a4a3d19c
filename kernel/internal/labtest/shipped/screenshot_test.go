package shipped

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"circuitbook/kernel/internal/labtest"
	"circuitbook/kernel/internal/module"
	"circuitbook/sparsenn/suitetest"
)

var update = flag.Bool("update", false, "write the README's picture of JupyterLab anew")

// Size of the README's picture, in pixels, and the most bytes that it may have.
const (
	pictureWidth  = 1400
	pictureHeight = 950
	pictureBytes  = 300_000
)

// TestScreenshot holds the size of the README's picture. In its long form it opens a
// shipped notebook at its circuit, as a reader has it before them, and with -update
// writes what is seen as that picture:
//
//	go test ./kernel/internal/labtest/shipped -run TestScreenshot -update
func TestScreenshot(t *testing.T) {
	m, err := module.Search{Cwd: "."}.Find()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(m.Dir, "notebooks", "figures", "jupyterlab.png")
	if !*update {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		checkPicture(t, text)
		if !suitetest.Long {
			return
		}
	}
	b := labtest.StartBrowser(t)
	root := t.TempDir()
	copies(t, m, root)
	server := labtest.Lab{Root: root, Env: []string{"JUPYTER_PATH=" + labtest.Install(t, m)}}.Start(t)
	p := b.Page(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(p.Resize(pictureWidth, pictureHeight))
	must(server.Load(p))
	must(server.Notebook(p, "00_tour.ipynb", true))
	must(p.Theme(false))
	must(p.Await("panel.sessionContext.ready.then(() => panel.sessionContext.session?.kernel?.info)", suitetest.Patience))
	// The circuit is the notebook's first picture.
	const circuit = `panel.content.node.querySelector('.jp-OutputArea-output img')`
	must(p.Await(circuit+"?.complete", suitetest.Patience))
	must(p.Eval("(panel.content.activeCellIndex = panel.content.widgets.findIndex(w => w.node.contains("+circuit+")), panel.content.mode = 'command', 0)", nil))
	const view = `panel.content.node.querySelector('.jp-WindowedPanel-outer') ?? panel.content.node`
	must(p.Eval("("+circuit+".scrollIntoView({block: 'start', behavior: 'instant'}), ("+view+").scrollBy({top: -150, behavior: 'instant'}), 0)", nil))
	// What moves stands still.
	const still = `(async top => { const was = top(); await new Promise(r => setTimeout(r, 200)); return top() === was })`
	must(p.Await(still+"(() => "+circuit+".getBoundingClientRect().top)", suitetest.Patience))
	var at struct{ Left, Right, Top float64 }
	must(p.Eval("(r => ({Left: r.left, Right: r.right, Top: r.top}))("+circuit+".getBoundingClientRect())", &at))
	if at.Left < 0 || at.Right > pictureWidth || at.Top < 0 || at.Top > pictureHeight/2 {
		t.Errorf("the circuit is out of view: %+v", at)
	}
	img, _, err := p.Screenshot()
	must(err)
	if n := labtest.Colours(img, image.Rect(int(at.Left), int(at.Top), int(at.Right), pictureHeight-50), 20); n < 20 {
		t.Errorf("the circuit has %d colours", n)
	}
	var text bytes.Buffer
	must((&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&text, img))
	checkPicture(t, text.Bytes())
	if *update && !t.Failed() {
		must(os.WriteFile(file, text.Bytes(), 0o644))
	}
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
