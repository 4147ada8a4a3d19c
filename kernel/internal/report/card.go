package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
)

// Card is the provenance in results, as Encode makes them, as a piece of HTML:
// a table that ends a report, with what changes from one run to the next, the
// times, in cells of the class "time".
func Card(results []byte) (string, error) {
	var top struct{ Provenance map[string]any }
	dec := json.NewDecoder(bytes.NewReader(results))
	dec.UseNumber()
	if err := dec.Decode(&top); err != nil {
		return "", fmt.Errorf("the results: %w", err)
	}
	runs, err := runRows(top.Provenance["runs"])
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = cardTemplate.Execute(&out, map[string]any{"Rows": rows(top.Provenance), "Runs": runs, "Modules": pins(top.Provenance["modules"])})
	return out.String(), err
}

// A row is a line of the card.
type row struct {
	Name, Value string
	Code        bool // it is to be read letter by letter
	Time        bool
}

// engineModules are what computes: the others that are pinned are folded away.
var engineModules = []string{"github.com/gomlx/gomlx", "github.com/gomlx/go-xla", "github.com/gomlx/compute", "github.com/janpfeifer/gonb"}

func rows(p map[string]any) (list []row) {
	add := func(name, value string) {
		if value != "" {
			list = append(list, row{Name: name, Value: value})
		}
	}
	code := func(name, value string) {
		if value != "" {
			list = append(list, row{Name: name, Value: value, Code: true})
		}
	}
	add("notebook", str(p["notebook"]))
	code("its source, sha256", str(p["notebook_sha256"]))
	parameters, _ := p["parameters"].(map[string]any)
	code("parameters", pairs(parameters))
	// What the notebook says of itself, but for its parameters again.
	own := map[string]any{}
	for key, value := range p {
		if !slices.Contains(known, key) && str(parameters[key]) != str(value) {
			own[key] = value
		}
	}
	for _, key := range slices.Sorted(maps.Keys(own)) {
		code(strings.ReplaceAll(key, "_", " "), str(own[key]))
	}
	modules, _ := p["modules"].(map[string]any)
	var versions []string
	for _, m := range engineModules {
		if v := str(modules[m]); v != "" {
			versions = append(versions, m[strings.LastIndexByte(m, '/')+1:]+" "+v)
		}
	}
	add("versions", strings.Join(append([]string{str(p["go"])}, versions...), ", "))
	if plugin, ok := p["plugin"].(map[string]any); ok {
		add("backend", strings.TrimSpace("XLA, "+str(plugin["platform"])+", "+str(plugin["version"])))
		code("its plugin, sha256", str(plugin["sha256"]))
	} else {
		add("backend", "pure Go")
	}
	if m, ok := p["machine"].(map[string]any); ok {
		add("machine", fmt.Sprintf("%s, %s cores, %s GiB, %s/%s", str(m["cpu"]), str(m["cores"]), str(m["memory_gib"]), str(m["os"]), str(m["arch"])))
	}
	list = append(list, row{Name: "begun", Value: str(p["started"]), Time: true})
	if n, ok := p["wall_seconds"].(json.Number); ok {
		seconds, _ := n.Float64()
		list = append(list, row{Name: "took", Value: fmt.Sprintf("%.1f s", seconds), Time: true})
	}
	return list
}

// known are the keys that every run gives.
var known = []string{"notebook", "notebook_sha256", "parameters", "modules", "go", "plugin", "machine", "runs", "started", "wall_seconds"}

// str is a value as text: a string as it is, nothing as "".
func str(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

func pairs(m map[string]any) string {
	var list []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		v, err := json.Marshal(m[k])
		if err != nil {
			v = []byte(fmt.Sprint(m[k]))
		}
		list = append(list, k+" = "+string(v))
	}
	return strings.Join(list, ", ")
}

// pins are modules with their versions, sorted.
func pins(v any) (list []string) {
	m, _ := v.(map[string]any)
	for _, k := range slices.Sorted(maps.Keys(m)) {
		list = append(list, k+" "+str(m[k]))
	}
	return list
}

var cardTemplate = template.Must(template.New("card").Parse(`<section class="circuitbook-card" aria-label="Where this comes from">
<h2>Where this comes from</h2>
<table>
{{range .Rows}}<tr><th scope="row">{{.Name}}</th><td{{if .Time}} class="time"{{end}}>{{if .Code}}<code>{{.Value}}</code>{{else}}{{.Value}}{{end}}</td></tr>
{{end}}</table>
{{if .Runs}}<h3>Runs it used, and the sha256 of their data</h3>
<p>Those that its outputs name, and those that they were made from. The hash in a name is of the run's whole recipe.</p>
<table>
{{range .Runs}}<tr><th scope="row"><code>{{.Name}}</code></th><td>{{.About}}{{range .Data}}<br>{{.Name}} <code>{{.Value}}</code>{{end}}</td></tr>
{{end}}</table>
{{end}}{{if .Modules}}<details><summary>all pinned modules</summary><pre>{{range .Modules}}{{.}}
{{end}}</pre></details>
{{end}}</section>
`))
