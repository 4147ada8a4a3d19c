package labtest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"circuitbook/kernel/internal/module"
	"circuitbook/kernel/internal/notebook"
)

// A form is one output of a notebook for a test, by MIME type.
type form map[string]string

const plain = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="80"><title>T</title><rect width="199" height="79" fill="white"/></svg>`

// drawing is a picture with more than a handful of colours.
var drawing = func() string {
	var b strings.Builder
	for i := range 12 {
		fmt.Fprintf(&b, `<rect x="%d" width="10" height="80" fill="rgb(%d,9,200)"/>`, 10*i, 20*i)
	}
	return `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="80">` + b.String() + `</svg>`
}()

// img is a picture as figures have it in their HTML.
func img(svg string) string {
	return `<img src="data:image/svg+xml;base64,` + base64.StdEncoding.EncodeToString([]byte(svg)) + `" alt="a picture">`
}

// write makes a notebook with an output a cell.
func write(t *testing.T, file string, forms []form) *notebook.Notebook {
	t.Helper()
	var cells []any
	for _, f := range forms {
		cells = append(cells, map[string]any{
			"cell_type": "code", "source": "", "metadata": map[string]any{}, "execution_count": 1,
			"outputs": []any{map[string]any{"output_type": "display_data", "metadata": map[string]any{}, "data": f}},
		})
	}
	text, err := json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 4, "metadata": map[string]any{}, "cells": cells})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	n, err := notebook.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestLab has one JupyterLab, one browser and one page for what needs them.
func TestLab(t *testing.T) {
	if testing.Short() {
		t.Skip("needs JupyterLab")
	}
	m, err := module.Search{Cwd: "."}.Find()
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	server := Lab{Root: root, Env: []string{"JUPYTER_PATH=" + Install(t, m)}}.Start(t)
	t.Run("VS Code", func(t *testing.T) { testVSCode(t, server) })
	t.Run("browser", func(t *testing.T) {
		b := StartBrowser(t)
		p := b.Page(t)
		if err := server.Load(p); err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			name string
			run  func(*testing.T, *Server, *Page, string)
		}{{"look", testLook}, {"sanitiser", testSanitiser}, {"run all", testRunAll}, {"session", testSession}} {
			t.Run(test.name, func(t *testing.T) {
				test.run(t, server, p, root)
				if err := p.Close(); err != nil {
					t.Error(err)
				}
			})
		}
	})
}

// testLook holds that Look passes what a reader sees and names what not.
func testLook(t *testing.T, server *Server, p *Page, root string) {
	cases := []struct {
		form form
		want string // of the problem; "" for none
	}{
		{form{"text/html": "<figure>" + img(drawing) + "<figcaption>seen</figcaption></figure>"}, ""},
		{form{"text/html": img(drawing) + img(drawing) + "<details><summary>more</summary>" + img(drawing) + "</details>"}, ""},
		{form{"text/html": `<table><tr><td style="color:red">1</td></tr></table>`}, ""},
		{form{"text/html": `<pre><span style="background-color:rgba(0,104,168,0.16)">token</span></pre>`}, ""},
		{form{"text/plain": "text"}, ""},
		{form{"image/svg+xml": drawing, "text/plain": "the twin"}, "shows 0 of 1 pictures"},
		{form{"text/html": "<div>inline " + drawing + "</div>"}, "<svg> is missing"},
		{form{"text/html": img(plain)}, "is blank"},
		{form{"text/html": `<img src="data:image/svg+xml;base64,AAAA" alt="broken">`}, "a picture is broken"},
		{form{"text/html": `<div style="display:none">` + img(drawing) + `</div>`}, "no size"},
		{form{"text/html": `<div style="visibility:hidden">secret</div>`}, "shows no text"},
		{form{"text/html": `<div style="color:white;background-color:white">white</div>`}, "is blank"},
		{form{"text/html": `<div style="color:var(--jp-ui-font-color1)">styled</div>`}, "has lost its style color:var(--jp-ui-font-color1)"},
		{form{"text/html": `<div>from $1 to $2</div>`}, "its text is"},
		{form{"text/html": `<details><summary>empty</summary></details>`}, ""},
		{form{"text/html": `<details><summary>void</summary><div></div></details>`}, "opens on nothing"},
		{form{"text/html": `<div style="position:relative"><div style="position:absolute;left:0;top:0;width:100%;height:80px;background-color:#abc;z-index:1">lid</div>` + img(drawing) + `</div>`}, "is behind"},
	}
	var forms []form
	for _, c := range cases {
		forms = append(forms, c.form)
	}
	displays := Displays(write(t, filepath.Join(root, "look.ipynb"), forms), WithHTML)
	if err := server.Notebook(p, "look.ipynb", false); err != nil {
		t.Fatal(err)
	}
	// What JupyterLab still works at passes.
	var wrong []string
	for end := time.Now().Add(time.Minute); ; {
		shots := 0
		seen, err := p.Look(InLab, displays, 0, func([]byte) error { shots++; return nil })
		if err != nil {
			t.Fatal(err)
		}
		wrong = nil
		for i, c := range cases {
			var got []string
			for _, problem := range seen.Problems {
				if strings.HasPrefix(problem, displays[i].String()+":") {
					got = append(got, problem)
				}
			}
			if (c.want == "") != (len(got) == 0) || c.want != "" && !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, c.want) }) {
				wrong = append(wrong, fmt.Sprintf("%v: problems %q, want %q", c.form, got, c.want))
			}
		}
		if shots == 0 || seen.Pictures != 6 {
			wrong = append(wrong, fmt.Sprintf("%d shots, %d pictures, want 6", shots, seen.Pictures))
		}
		if len(wrong) == 0 || time.Now().After(end) {
			break
		}
	}
	for _, w := range wrong {
		t.Error(w)
	}

	// An output that is missing, and one too many pictures.
	missing := []Display{{Cell: 99, Text: "x"}, {Cell: 0, HTML: cases[0].form["text/html"] + img(drawing)}}
	seen, err := p.Look(InLab, missing, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(seen.Problems, "\n")
	if !strings.Contains(all, "code cell 100, output 1: it is not on the page") || !strings.Contains(all, "shows 1 of 2 pictures") {
		t.Errorf("problems:\n%s", all)
	}

	// A trusted notebook proves nothing.
	if err := p.Eval("panel.content.widgets.forEach(w => { w.model.trusted = true })", nil); err != nil {
		t.Fatal(err)
	}
	seen, err = p.Look(InLab, displays[:1], 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if all := strings.Join(seen.Problems, "\n"); !strings.Contains(all, "its cell is trusted") {
		t.Errorf("problems of a trusted cell:\n%s", all)
	}
}

// testSanitiser holds what JupyterLab leaves of HTML in a notebook that is not
// trusted, as far as figures rely on it or would like to.
func testSanitiser(t *testing.T, server *Server, p *Page, root string) {
	cases := []struct{ html, want string }{
		{`<img src="data:image/svg+xml;base64,PHN2Zz4=" width="9" height="9" alt="a" title="t" style="max-width:100%;height:auto">`, ""},
		{`<details open=""><summary>s</summary><p>t</p></details>`, ""},
		{`<table><caption title="t">c</caption><tbody><tr><th scope="row" title="u">h</th><td colspan="2" title="v">d</td></tr></tbody></table>`, ""},
		{`<span title="three &lt;lines&gt;` + "\n" + `of text" class="k" lang="en">x</span>`, ""},
		{`<span style="background-color:rgba(0,104,168,0.16);border-bottom:2px dotted #0068a8;opacity:0.75">x</span>`, ""},
		{`<span style="background:linear-gradient(90deg,#abc 40.0%,transparent 40.0%);white-space:pre-wrap">x</span>`, ""},
		{`<pre>$x$ and \(y\)</pre>`, ""},
		{`<div class="mathjax_ignore">$x$ and \(y\)</div>`, ""},
		{`<a href="#x" rel="noopener" target="_self">link</a>`, ""},
		// No file can be offered, and nothing said to a screen reader but by text and alt.
		{`<a href="data:text/csv,1" download="a.csv">csv</a>`, `<a rel="nofollow" target="_self">csv</a>`},
		{`<div role="img" aria-label="l" tabindex="0" data-x="1" hidden="">x</div>`, `<div>x</div>`},
		{`<div id="i">x</div>`, `<div data-jupyter-id="i">x</div>`},
		{`<p>a</p><svg><title>t</title><path d="M0 0"></path></svg><iframe srcdoc="x"></iframe><style>p{}</style>`, `<p>a</p>t`},
		{`<span style="color:currentColor;font-weight:bold;width:9ch;background-color:hsl(1,2%,3%)">x</span>`, `<span style="font-weight:bold">x</span>`},
	}
	var forms []form
	for _, c := range cases {
		forms = append(forms, form{"text/html": c.html})
	}
	write(t, filepath.Join(root, "html.ipynb"), forms)
	if err := server.Notebook(p, "html.ipynb", false); err != nil {
		t.Fatal(err)
	}
	outputs := `panel.content.widgets.map(w => w.outputArea.node.querySelector('.jp-OutputArea-output')?.innerHTML ?? '')`
	if err := p.Await(outputs+".every(html => html)", stepTimeout); err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := p.Eval(outputs, &got); err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		want := c.want
		if want == "" {
			want = c.html
		}
		if got[i] != want {
			t.Errorf("of %s\nstays %s\nwant  %s", c.html, got[i], want)
		}
	}
}

// testRunAll runs a notebook with the kernel that comes with the environment.
func testRunAll(t *testing.T, server *Server, p *Page, root string) {
	const text = `{"nbformat": 4, "nbformat_minor": 4, "metadata": {"kernelspec": {"name": "python3", "display_name": "P", "language": "python"}}, "cells": [
		{"cell_type": "code", "source": "x = 6", "metadata": {}, "execution_count": null, "outputs": []},
		{"cell_type": "code", "source": "print(x * 7)", "metadata": {}, "execution_count": null, "outputs": []}]}`
	if err := os.WriteFile(filepath.Join(root, "run.ipynb"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := server.Notebook(p, "run.ipynb", true); err != nil {
		t.Fatal(err)
	}
	if err := p.RunAll(stepTimeout); err != nil {
		t.Fatal(err)
	}
	if err := p.Await("panel.content.widgets[1].outputArea.node.innerText.includes('42')", stepTimeout); err != nil {
		t.Error(err)
	}
}
