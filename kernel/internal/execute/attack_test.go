package execute_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"circuitbook/kernel/internal/execute"
	"circuitbook/kernel/internal/labtest"
	"circuitbook/kernel/internal/provision"
)

// inMarkdown are attacks by what Markdown is made into, beside those on HTML.
var inMarkdown = []string{
	"[a](javascript:HIT)", "[a](<javascript:HIT>)", "[a]\n\n[a]: javascript:HIT", "<javascript:HIT>", "![x](EVIL.png)",
	`![x" onerror="HIT](x)`, `![x](x "a\" onerror=\"HIT")`, "![x](data:text/html,<script>HIT</script>)", "# <img src=x onerror=HIT>",
	`$\text{<img src=x onerror=HIT>}$`, `$\href{javascript:HIT}{x}$`, `$$<script>HIT</script>$$`, "`<img src=x onerror=HIT>`",
	"```mermaid\n</pre><img src=x onerror=HIT>\n```", "```<img/src=x/onerror=HIT>\nx\n```", "```html\n<img src=x onerror=HIT>\n```",
	"| a |\n|---|\n| <img src=x onerror=HIT> |", "x[^1]\n\n[^1]: <img src=x onerror=HIT>", "![x](attachment:a.png)", "![x](attachment:b.png)",
}

// hostile is a notebook with an attack at every place of which a page shows something.
func hostile(attacks []string) map[string]any {
	type m = map[string]any
	const img = `"><img src=x onerror=HIT>`
	cells, outputs := []any{}, []any{}
	add := func(kind, source string, more m) {
		cell := m{"cell_type": kind, "source": source, "id": fmt.Sprint("c", len(cells)), "metadata": m{"tags": []any{img, `x" onload="HIT`}}}
		for k, v := range more {
			cell[k] = v
		}
		cells = append(cells, cell)
	}
	show := func(data m) {
		outputs = append(outputs, m{"output_type": "display_data", "data": data, "metadata": m{"image/png": m{"width": `1" onerror="HIT`, "height": `1 onerror=HIT`, "needs_background": img}}})
	}
	attachments := m{"a.png": m{"image/png": `" onerror="HIT`}, "b.png": m{`image/x" onerror="HIT" x="`: "QQ=="}}
	for _, a := range append(inMarkdown, attacks...) {
		add("markdown", a, m{"attachments": attachments})
	}
	for _, a := range attacks {
		show(m{"text/html": a})
		show(m{"text/markdown": a})
	}
	for _, mime := range []string{"image/svg+xml", "text/plain", "text/latex", "text/vnd.mermaid", "application/json", "image/png", "image/jpeg"} {
		show(m{mime: "</pre></div><svg onload=HIT><image href='EVIL.png'/><script>HIT</script></svg>" + img})
	}
	show(m{"application/javascript": "HIT", "text/plain": "instead"})
	show(m{"application/vnd.jupyter.widget-view+json": m{"model_id": "</script>" + img}, "text/plain": "instead"})
	outputs = append(outputs,
		m{"output_type": "stream", "name": "stdout", "text": "\x1b[31;1m" + img + "\x1b]8;;javascript:HIT\x07x"},
		m{"output_type": "error", "ename": img, "evalue": img, "traceback": []any{"\x1b[31m" + img}})
	add("code", img+"\n"+strings.Repeat("\n//"+img, 9), m{"outputs": outputs, "execution_count": 1})
	add("raw", img+"<script>HIT</script>", m{"metadata": m{"raw_mimetype": "text/html"}})
	return m{"nbformat": 4, "nbformat_minor": 5, "cells": cells, "metadata": m{
		"title":         "</title><script>HIT</script>" + img,
		"language_info": m{"name": img, "pygments_lexer": img},
		"kernelspec":    m{"name": img, "display_name": img, "language": img},
		"widgets":       m{"application/vnd.jupyter.widget-state+json": m{"state": m{"x": "</script>" + img}}},
	}}
}

// touch says what in a page ran, how many frames it has, and which elements and
// attributes could run something. It touches everything first, in frames too.
const touch = `(async () => {
	const touch = doc => {
		for (const e of doc.querySelectorAll("*")) {
			for (const kind of ["mouseover", "focus", "animationstart"]) e.dispatchEvent(new Event(kind, {bubbles: true}));
			if (e.focus) e.focus();
			if (e.localName != "a" || /^\s*j/i.test(e.getAttribute("href") || "")) e.dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true}));
			try { if (e.contentDocument) touch(e.contentDocument); } catch {}
		}
	};
	touch(document);
	await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));
	const bad = [];
	for (const e of document.body.querySelectorAll("*")) {
		if (/^(script|i?frame|object|embed|link|meta|base|style|form|template|portal)$/i.test(e.localName) || e.shadowRoot) bad.push(e.localName);
		for (const a of e.attributes) if (/^on/i.test(a.name) || /^\s*(javascript|vbscript):/i.test(a.value) && a.name != "title") bad.push(a.name + "=" + a.value);
	}
	return {ran: [...new Set(window.ran || [])], frames: window.frames.length, bad, text: document.body.innerText.includes("where it ends"), title: document.title};
})()`

type seen struct {
	Ran    []int
	Frames int
	Bad    []string
	Text   bool
	Title  string
}

// TestAttacks opens the report of a hostile notebook in a browser, as it is, and
// without its policy, by what was cleaned alone; and the same attacks under the policy
// alone, and free, where they must succeed.
func TestAttacks(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("needs a browser")
	}
	browser := labtest.StartBrowser(t)
	var log bytes.Buffer
	python, err := provision.EnsurePython(t.Context(), &log)
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	dir := t.TempDir()
	var mu sync.Mutex
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if page, err := os.ReadFile(filepath.Join(dir, "page"+r.URL.Path)); err == nil {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write(page)
			return
		}
		if r.URL.Path != "/favicon.ico" { // the browser's own wish
			mu.Lock()
			asked = append(asked, r.URL.Path)
			mu.Unlock()
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)
	text, err := os.ReadFile(filepath.Join("..", "report", "testdata", "attacks.txt"))
	if err != nil {
		t.Fatal(err)
	}
	hits := 0
	armed := func(attack string) string {
		for strings.Contains(attack, "HIT") {
			attack = strings.Replace(attack, "HIT", fmt.Sprintf("(top.ran=top.ran||[]).push(%d)", hits), 1)
			hits++
		}
		return strings.NewReplacer("EVIL", fmt.Sprintf("%s/evil/%d", server.URL, hits), "HOST", strings.TrimPrefix(server.URL, "http://")).Replace(attack)
	}
	attacks := strings.Split(strings.TrimSpace(string(text)), "\n")
	source, err := json.Marshal(hostile(attacks))
	if err != nil {
		t.Fatal(err)
	}
	// Numbers are given in the JSON, where quotes are escaped already.
	file := filepath.Join(dir, "hostile.ipynb")
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("hostile.ipynb", armed(string(source)))
	left, err := execute.WriteHTML(t.Context(), python, provision.PythonEnviron(), execute.Page{From: file, To: filepath.Join(dir, "whole"), Title: "t", Card: "<p>where it ends</p>"})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(left, ", "), "iframe (") {
		t.Errorf("%q is said to be left out", left)
	}
	whole, err := os.ReadFile(filepath.Join(dir, "whole"))
	if err != nil {
		t.Fatal(err)
	}
	policy := regexp.MustCompile(`<meta [^>]*Content-Security-Policy[^>]*>`).FindString(string(whole))
	for _, want := range []string{"default-src 'none'", "base-uri 'none'", "form-action 'none'", "img-src data:;"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %s", policy, want)
		}
	}
	write("page/whole", string(whole))
	write("page/cleaned", strings.Replace(string(whole), policy, "", 1))
	// Each in a frame of its own, since some swallow what follows.
	framed := func(head string) string {
		var b strings.Builder
		for _, a := range attacks {
			if head != "" && strings.Contains(a, "http-equiv=refresh") {
				continue // no policy keeps a page from being left
			}
			fmt.Fprintf(&b, "<iframe srcdoc=\"%s\"></iframe>", html.EscapeString("<!doctype html><head>"+head+"</head><body>"+armed(a)))
		}
		return "<!doctype html><body>" + b.String()
	}
	write("page/free", framed(""))
	write("page/policy", framed(policy))

	page := browser.Page(t)
	open := func(name string) (s seen, requests []string) {
		t.Helper()
		mu.Lock()
		asked = nil
		mu.Unlock()
		if err := page.Open(server.URL + "/" + name); err != nil {
			t.Fatal(err)
		}
		if err := page.Eval(touch, &s); err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		defer mu.Unlock()
		return s, asked
	}
	for _, name := range []string{"whole", "cleaned"} {
		s, requests := open(name)
		if len(s.Ran) > 0 || s.Frames > 0 || len(s.Bad) > 0 || len(requests) > 0 {
			t.Errorf("%s: %d ran, %d frames, requests %q, left in it %q", name, len(s.Ran), s.Frames, requests, s.Bad)
		}
		if !s.Text || !strings.Contains(s.Title, "<script>") {
			t.Errorf("%s: the title is %q; the end is shown: %v", name, s.Title, s.Text)
		}
	}
	if s, requests := open("policy"); s.Frames < 100 || len(s.Ran) > 0 || len(requests) > 0 {
		t.Errorf("under the policy alone %d ran, requests %q", len(s.Ran), requests)
	}
	s, requests := open("free")
	t.Logf("of %d attacks %d ran and %d asked where nothing held them", len(attacks)+len(inMarkdown), len(s.Ran), len(requests))
	if len(s.Ran) < 50 || len(requests) < 40 {
		t.Errorf("attacks do not work: %d ran, %d frames, requests %q", len(s.Ran), s.Frames, requests)
	}
}
