package report

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"circuitbook/kernel/internal/module"
)

// attacks are pieces of HTML that run something, load something or change what is
// around them.
func attacks(t testing.TB) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "attacks.txt"))
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.NewReplacer("HIT", "alert(1)", "EVIL", "http://127.0.0.1/evil", "HOST", "127.0.0.1").Replace(string(text)))
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// dangerous are elements that run, load or hold what browsers read by other rules,
// whatever the policy says.
var dangerous = strings.Fields(`annotation-xml animate animatemotion animatetransform applet area audio base body button canvas embed feimage
	foreignobject form frame frameset head html iframe link maction map meta mglyph noembed noframes noscript object option param picture
	plaintext portal script select set slot source style template textarea track video xmp`)

// audit says what a browser would find in the clean fragment that it should not.
func audit(t testing.TB, fragment, clean string) {
	t.Helper()
	for _, scripting := range []bool{true, false} {
		doc, err := html.ParseWithOptions(strings.NewReader("<!doctype html><div id=a>"+clean+"</div><div id=z></div>"), html.ParseOptionEnableScripting(scripting))
		if err != nil {
			continue // nested too deep, by the few elements around it
		}
		body := doc.LastChild.LastChild
		if first, last := body.FirstChild, body.LastChild; first.NextSibling != last || !isDiv(first, "a") || !isDiv(last, "z") || last.FirstChild != nil {
			t.Fatalf("%q\nbreaks out of its place: %q", fragment, clean)
		}
		for n := range doc.Descendants() {
			if n.Type == html.CommentNode {
				t.Fatalf("%q\nkeeps a comment: %q", fragment, clean)
			}
			if n.Type != html.ElementNode || n.Parent == doc || n.Parent == doc.LastChild {
				continue
			}
			if name := strings.ToLower(n.Data); !allowed()[name] || slices.Contains(dangerous, name) {
				t.Fatalf("%q\nkeeps %s: %q", fragment, n.Data, clean)
			}
			for _, a := range n.Attr {
				if bad(n, a) {
					t.Fatalf("%q\nkeeps %s=%q: %q", fragment, a.Key, a.Val, clean)
				}
			}
		}
	}
}

func isDiv(n *html.Node, id string) bool {
	return n.Data == "div" && len(n.Attr) == 1 && n.Attr[0].Val == id
}

// bad reports whether the attribute runs or loads something. It is written anew, not
// by the policy's own rules.
func bad(n *html.Node, a html.Attribute) bool {
	val := strings.ToLower(a.Val)
	switch key := strings.ToLower(a.Key); key {
	case "href":
		if n.Data != "a" {
			return !strings.HasPrefix(val, "#") && !strings.HasPrefix(val, "data:image/")
		}
		scheme, _, has := strings.Cut(strings.Map(func(r rune) rune { // as browsers read it
			if r <= ' ' {
				return -1
			}
			return r
		}, val), ":")
		isScheme := has && !strings.ContainsAny(scheme, "/?#")
		return isScheme && scheme != "http" && scheme != "https" && scheme != "mailto" &&
			(scheme != "data" || !hasAttribute(n, "download") || strings.HasPrefix(val, "data:text/html"))
	case "src":
		return !strings.HasPrefix(val, "data:image/")
	case "srcset", "srcdoc", "action", "formaction", "ping", "poster", "data", "background", "http-equiv", "target", "usemap", "autofocus":
		return true
	default:
		calls := strings.Count(val, "url(") + strings.Count(val, "image(") + strings.Count(val, "image-set(") + strings.Count(val, "src(")
		here := strings.Count(val, "url(#") + strings.Count(val, `url("#`) + strings.Count(val, "url('#")
		isText := strings.HasPrefix(key, "data-") || strings.HasPrefix(key, "aria-") || key == "title" || key == "alt" || key == "class" || key == "id" || key == "name"
		return strings.HasPrefix(key, "on") || !isText && a.Namespace == "" && n.Namespace != "" && calls > here || key == "style" && calls > here
	}
}

func TestCleanAttacks(t *testing.T) {
	list := attacks(t)
	if len(list) < 60 {
		t.Fatalf("%d attacks", len(list))
	}
	for _, a := range list {
		c := cleaner{dir: t.TempDir(), elements: map[string]int{}}
		audit(t, a, c.clean(a))
	}
}

// FuzzClean holds that nothing of a cell runs or loads anything in a report, or
// changes what is around it.
func FuzzClean(f *testing.F) {
	for _, a := range attacks(f) {
		f.Add(a)
	}
	f.Add(`<table style="x:calc((1px + 2px)*3)"><caption>c<tr><th scope=row>a<td><math><mi>x</mi></math><svg viewBox="0 0 1 1"><path d="M0 0"/></svg></table>`)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, fragment string) {
		c := cleaner{dir: dir, elements: map[string]int{}}
		audit(t, fragment, c.clean(fragment))
	})
}

// tree is the fragment as a browser reads it.
func tree(t *testing.T, fragment string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader("<!doctype html><div>" + fragment + "</div>"))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := html.Render(&b, doc); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestFiguresStay holds that whatever the notebooks show stays as it is, and that
// nothing of it is said to be left out.
func TestFiguresStay(t *testing.T) {
	m, err := module.Search{Cwd: "."}.Find()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(m.Dir, "notebooks", "*.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var n struct {
			Cells []struct {
				Outputs []struct {
					Data map[string]any
				}
			}
		}
		if err := json.Unmarshal(text, &n); err != nil {
			t.Fatal(err)
		}
		for _, cell := range n.Cells {
			for _, out := range cell.Outputs {
				var fragment strings.Builder
				lines, _ := out.Data["text/html"].([]any)
				for _, line := range lines {
					fragment.WriteString(line.(string))
				}
				shown++
				wantStays(t, fragment.String())
			}
		}
	}
	if shown < 100 {
		t.Errorf("%d outputs are looked at", shown)
	}
}

func wantStays(t *testing.T, fragment string) {
	t.Helper()
	c := cleaner{dir: t.TempDir(), elements: map[string]int{}}
	if diff := cmp.Diff(tree(t, fragment), tree(t, c.clean(fragment))); diff != "" {
		t.Errorf("it changes (-want +got):\n%s", diff)
	}
	if left := c.left(); left != nil {
		t.Errorf("%.200q leaves out %q", fragment, left)
	}
}

// TestHarmlessStays are figures and texts of others.
func TestHarmlessStays(t *testing.T) {
	for _, fragment := range []string{
		`<p align="center">a &lt;b&gt; "c" <b>d</b><br>e<sup>2</sup> <a href="https://example.org/?q=a:b&amp;c=d#e">f</a> <a href="b.ipynb#x:y">g</a> <a href="mailto:a@b.c">h</a></p>`,
		`<div style="display:grid;grid-template-columns:repeat(2, minmax(0, 1fr));width:calc((100% - 2px) / 3);color:rgba(1,2,3,.5);font:12px/1.5 &quot;DejaVu Sans&quot;">x</div>`,
		`<div style="background:linear-gradient(to right, rgb(0 0 0 / 50%), var(--a))">x</div>`,
		`<table border="1" class="dataframe"><thead><tr style="text-align: right;"><th></th><th>a</th></tr></thead><tbody><tr><th>0</th><td>1</td></tr></tbody></table>`,
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9"><defs><linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient><clipPath id="c"><rect width="9" height="9"/></clipPath></defs><g clip-path="url(#c)" transform="translate(1 2)"><path d="M0 0L9 9" fill="url(#g)" style="stroke:url(#g)"/><text x="1" y="2"><tspan>a</tspan><title>b</title></text><use href="#g"/></g></svg>`,
		`<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mfrac><mn>1</mn><mi mathvariant="normal">x</mi></mfrac><mo stretchy="false">&lt;</mo><mspace width="0.2em"></mspace></math>`,
		`<ul><li><input type="checkbox" disabled="" checked="">done</li></ul><ol start="3" type="a"><li>x</li></ol><dl><dt>a</dt><dd>b</dd></dl>`,
		`<details><summary>more</summary><pre><code class="language-go">if a &lt; b {</code></pre></details><a download="a.csv" href="data:text/csv;base64,YQ==">a.csv</a>`,
		`<img src="data:image/png;base64,iVBORw0KGgo=" alt="a" width="3"><img src="data:image/svg+xml;utf8,%3Csvg/%3E" alt="">`,
		`日本語 &amp; 😀 <span dir="rtl" lang="he">א</span> <span title="a > b &amp; c" data-x="1" aria-label="l">t</span>`,
	} {
		wantStays(t, fragment)
	}
}
