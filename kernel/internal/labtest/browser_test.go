package labtest

import (
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPage drives a page of its own.
func TestPage(t *testing.T) {
	b := StartBrowser(t)
	p := b.Page(t)
	file := filepath.Join(t.TempDir(), "a.html")
	const html = `<!doctype html><style>
		body { margin: 0; background: white } div { width: 100px; height: 50px; background: rgb(1,2,3) }
		@media (prefers-color-scheme: dark) { body { background: black } }
	</style><div></div><script>setTimeout(() => { window.late = true }, 300); console.error('a complaint', 7)</script>
	<img src="http://example.org/x.png">`
	if err := os.WriteFile(file, []byte(html), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := p.Open("file://" + file); err != nil {
		t.Fatal(err)
	}
	var fetched bool
	if err := p.Eval("document.images[0].naturalWidth > 0", &fetched); err != nil || fetched {
		t.Errorf("a picture from elsewhere: fetched %v, %v", fetched, err)
	}

	var value struct {
		A []int
		B string
	}
	if err := p.Eval(`Promise.resolve({a: [1, 2], b: "ü"})`, &value); err != nil || len(value.A) != 2 || value.B != "ü" {
		t.Errorf("got %+v, %v", value, err)
	}
	if err := p.Eval("undefined", nil); err != nil {
		t.Error(err)
	}
	if err := p.Eval("absent.thing", nil); err == nil || !strings.Contains(err.Error(), "absent is not defined") {
		t.Errorf("got %v", err)
	}
	if err := p.Await("window.late", stepTimeout); err != nil {
		t.Error(err)
	}
	err := p.Await("Promise.resolve(false)", 100*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "still not true") || !strings.Contains(err.Error(), "a complaint") {
		t.Errorf("got %v", err)
	}

	for _, dark := range []bool{false, true} {
		if err := p.Dark(dark); err != nil {
			t.Fatal(err)
		}
		img, file, err := p.Screenshot()
		if err != nil {
			t.Fatal(err)
		}
		if img.Bounds() != image.Rect(0, 0, Width, Height) || !strings.HasPrefix(string(file), "\x89PNG") {
			t.Errorf("a screenshot of %v", img.Bounds())
		}
		if n := Colours(img, image.Rect(0, 0, 100, 50), 9); n != 1 {
			t.Errorf("the box has %d colours", n)
		}
		if r, _, _, _ := img.At(200, 10).RGBA(); (r == 0) != dark {
			t.Errorf("dark %v: the background is %v", dark, img.At(200, 10))
		}
	}
}

func TestColours(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 4, 1))
	for i := range 3 {
		img.Pix[4*i] = uint8(i)
	}
	for _, c := range []struct{ right, limit, want int }{{4, 9, 3}, {4, 2, 2}, {1, 9, 1}, {2, 9, 2}, {99, 9, 3}, {0, 9, 0}} {
		if n := Colours(img, image.Rect(0, 0, c.right, 1), c.limit); n != c.want {
			t.Errorf("up to column %d, limit %d: %d colours, want %d", c.right, c.limit, n, c.want)
		}
	}
}

func TestBrief(t *testing.T) {
	if got := brief("a\n\t b"); got != "a b" {
		t.Errorf("got %q", got)
	}
	if got := brief(strings.Repeat("ü", 99)); got != strings.Repeat("ü", 80)+" ..." {
		t.Errorf("got %q", got)
	}
}
