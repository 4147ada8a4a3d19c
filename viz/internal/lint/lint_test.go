package lint_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"circuitbook/viz/internal/lint"
)

const head = `<svg xmlns="http://www.w3.org/2000/svg" id="cb0123456789" width="1" height="1" viewBox="0 0 1 1" role="img" aria-labelledby="cb0123456789-t cb0123456789-d" font-family="x" style="max-width:100%;height:auto">`
const names = `<title id="cb0123456789-t">t</title><desc id="cb0123456789-d">d</desc>`
const dark = `<style>@media (prefers-color-scheme:dark){#cb0123456789 .f-ink{fill:#ffffff}}</style>`

func TestSVG(t *testing.T) {
	good := head + names + dark + `<rect x="0" y="-1.25" width="1" height="1" fill="#ffffff"><title>tip</title></rect></svg>`
	if err := lint.SVG(good); err != nil {
		t.Fatalf("a figure that keeps the rules: %v", err)
	}
	bad := map[string]string{
		"empty":            "",
		"no root":          "text",
		"other root":       `<div/>`,
		"two roots":        good + good,
		"not closed":       head + names,
		"crossed":          head + names + `<text></rect></svg>`,
		"script":           head + names + `<script/></svg>`,
		"foreign object":   head + names + `<foreignObject/></svg>`,
		"image":            head + names + `<image href="x"/></svg>`,
		"use":              head + names + `<use href="#a"/></svg>`,
		"link":             head + names + `<a href="x"/></svg>`,
		"event":            head + names + `<rect onload="x"/></svg>`,
		"root event":       strings.Replace(good, "<svg ", `<svg onload="x" `, 1),
		"href":             head + names + `<rect href="x"/></svg>`,
		"xlink":            head + names + `<rect xlink:href="x"/></svg>`,
		"url":              head + names + `<rect class="url(x)"/></svg>`,
		"scheme":           head + names + `<text font-family="javascript:x"/></svg>`,
		"paint server":     head + names + `<rect fill="url(#a)"/></svg>`,
		"exponent":         head + names + `<rect x="1e9"/></svg>`,
		"NaN":              head + names + `<rect x="NaN"/></svg>`,
		"minus zero":       head + names + `<rect x="-.0"/></svg>`,
		"path command":     head + names + `<path d="M0 0A1 1"/></svg>`,
		"paint order":      head + names + `<text paint-order="url"/></svg>`,
		"nested svg":       head + names + `<svg/></svg>`,
		"nested mark":      head + names + `<text><rect/></text></svg>`,
		"foreign id":       head + names + `<title id="x">t</title></svg>`,
		"same id":          head + names + `<title id="cb0123456789-t">t</title></svg>`,
		"same attribute":   head + names + `<rect x="1" x="2"/></svg>`,
		"no title":         head + `<desc id="cb0123456789-d">d</desc></svg>`,
		"empty desc":       head + `<title id="cb0123456789-t">t</title><desc id="cb0123456789-d"></desc></svg>`,
		"comment":          head + names + `<!-- x --></svg>`,
		"doctype":          `<!DOCTYPE svg>` + good,
		"instruction":      `<?xml-stylesheet href="x"?>` + good,
		"import":           head + names + `<style>@import "x"</style></svg>`,
		"unscoped style":   head + names + `<style>@media (prefers-color-scheme:dark){.f-ink{fill:#ffffff}}</style></svg>`,
		"other scope":      head + names + `<style>@media (prefers-color-scheme:dark){#cb9999999999 .f-ink{fill:#ffffff}}</style></svg>`,
		"text outside":     good + "x",
		"id of the root":   strings.Replace(good, `id="cb0123456789"`, `id="figure"`, 1),
		"no role":          strings.Replace(good, ` role="img"`, "", 1),
		"no viewBox":       strings.Replace(good, ` viewBox="0 0 1 1"`, "", 1),
		"labelled by else": strings.Replace(good, `"cb0123456789-t cb0123456789-d"`, `"a b"`, 1),
	}
	for name, doc := range bad {
		if lint.SVG(doc) == nil {
			t.Errorf("%s: not found in\n%s", name, doc)
		}
	}
}

func TestHTML(t *testing.T) {
	if err := lint.HTML(`<pre style="white-space:pre;overflow-x:auto"><span title="0.5" style="border-bottom:2px solid rgba(1,2,3,1.00);outline:2px solid">a</span></pre>`); err != nil {
		t.Errorf("tokens with values: %v", err)
	}
	svg := head + names + "</svg>"
	uri := "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(svg))
	good := `<figure style="margin:0"><img src="` + uri + `" width="760" alt="a" style="max-width:100%;height:auto"/><figcaption>c</figcaption></figure>`
	if err := lint.HTML(good); err != nil {
		t.Fatalf("a fragment that keeps the rules: %v", err)
	}
	for kind, data := range map[string]string{"image/svg+xml": svg, "application/json": `{"a":1}`, "text/csv": "a,b\n1,2\n"} {
		link := `<div><a download="c.svg" href="data:` + kind + ";base64," + base64.StdEncoding.EncodeToString([]byte(data)) + `">x</a></div>`
		if err := lint.HTML(link); err != nil {
			t.Errorf("a link that keeps the rules: %v in %s", err, link)
		}
	}
	b64 := base64.StdEncoding.EncodeToString
	bad := map[string]string{
		"link":           `<a download="a.svg" href="https://example.org">x</a>`,
		"link to script": `<a download="a.svg" href="javascript:x">x</a>`,
		"link to page":   `<a download="a.svg" href="data:text/html;base64,` + b64([]byte("<p>")) + `">x</a>`,
		"link in place":  `<a href="` + uri + `">x</a>`,
		"file name":      `<a download="../a.svg" href="` + uri + `">x</a>`,
		"file kind":      `<a download="a.html" href="` + uri + `">x</a>`,
		"bad JSON":       `<a download="a.json" href="data:application/json;base64,` + b64([]byte("{")) + `">x</a>`,
		"bad CSV":        `<a download="a.csv" href="data:text/csv;base64,` + b64([]byte("a,b\n1\n")) + `">x</a>`,
		"bad file":       `<a download="a.csv" href="data:text/csv;base64,!">x</a>`,
		"bad SVG":        `<a download="a.svg" href="data:image/svg+xml;base64,` + b64([]byte("<svg/>")) + `">x</a>`,
		"script":         `<script></script>`,
		"inline svg":     svg,
		"iframe":         `<iframe src="x"></iframe>`,
		"event":          `<div onclick="x"></div>`,
		"remote image":   `<img src="https://example.org/a.png"/>`,
		"other data":     `<img src="data:text/html,x"/>`,
		"broken image":   `<img src="data:image/svg+xml;base64,!"/>`,
		"bad picture":    `<img src="data:image/svg+xml;base64,` + base64.StdEncoding.EncodeToString([]byte("<svg/>")) + `"/>`,
		"class":          `<div class="x"></div>`,
		"id":             `<div id="x"></div>`,
		"style url":      `<div style="background-image:url(x)"></div>`,
		"style property": `<div style="position:fixed"></div>`,
		"style value":    `<div style="width:expression(1)"></div>`,
		"title of a div": `<div title="x"></div>`,
		"outside edge":   `<span style="border-top:2px solid url(x)"></span>`,
		"open":           `<div>`,
		"comment":        `<!-- x -->`,
		"early end":      `</x><script/><x>`,
	}
	for name, doc := range bad {
		if lint.HTML(doc) == nil {
			t.Errorf("%s: not found in %s", name, doc)
		}
	}
}
