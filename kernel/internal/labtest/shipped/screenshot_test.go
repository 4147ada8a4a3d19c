package shipped

import (
	"bytes"
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
	{file: "jupyterlab_steering.png", notebook: "08_steering.ipynb", cell: "x := quotes.Measure()", above: 130,
		// Bars stand above it.
		at: `[...(panel.content.widgets.find(w => w.model.sharedModel.source.startsWith("x := quotes.Measure()"))?.node.querySelectorAll('.jp-OutputArea-output img') ?? [])].at(-1)`},
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
			text := s.take(t, server, b.Page(t))
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
func (s shot) take(t *testing.T, server *labtest.Server, p *labtest.Page) []byte {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(p.Resize(pictureWidth, pictureHeight))
	must(server.Load(p))
	must(server.Notebook(p, s.notebook, true))
	must(p.Theme(false))
	must(p.Await("panel.sessionContext.ready.then(() => panel.sessionContext.session?.kernel?.info)", suitetest.Patience))
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
