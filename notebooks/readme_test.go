// Package notebooks holds the notebooks; its tests hold the README to what the
// committed, executed copies say.
package notebooks

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var regen = flag.Bool("regen", false, "rewrite the README's picture and table from the executed notebook")

const (
	readme  = "../README.md"
	picture = "figures/01_matrix.svg"
	begin   = "<!-- from 01_train.results.json -->\n"
	end     = "<!-- end -->"
)

// TestReadmePicture: the README's picture is the one in the executed notebook.
func TestReadmePicture(t *testing.T) {
	data, err := os.ReadFile("01_train.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	var nb struct {
		Cells []struct {
			Outputs []struct {
				Data map[string]any `json:"data"`
			} `json:"outputs"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(data, &nb); err != nil {
		t.Fatal(err)
	}
	svg := ""
	for _, c := range nb.Cells {
		for _, o := range c.Outputs {
			text := joined(o.Data["image/svg+xml"])
			if strings.Contains(text, "attn.c_proj of layer 0") {
				svg = text
			}
		}
	}
	if svg == "" {
		t.Fatal("01_train.ipynb holds no picture of attn.c_proj: execute it with run --in-place")
	}
	golden(t, picture, svg)
}

func joined(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var b strings.Builder
		for _, line := range v {
			b.WriteString(fmt.Sprint(line))
		}
		return b.String()
	}
	return ""
}

// TestReadmeNumbers: the README's table is made of the executed notebook's results.
func TestReadmeNumbers(t *testing.T) {
	data, err := os.ReadFile("01_train.results.json")
	if err != nil {
		t.Fatal(err)
	}
	var r map[string]any
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	number := func(name, format string) string {
		x, ok := r[name].(float64)
		if !ok {
			t.Fatalf("01_train.results.json has no number %s", name)
		}
		return fmt.Sprintf(format, x)
	}
	loss := func(name string) string {
		return number(name, "%.3f") + " (" + number(name+"_lo", "%.3f") + "–" + number(name+"_hi", "%.3f") + ")"
	}
	var b strings.Builder
	b.WriteString("| | sparse, annealed | sparse, constant | dense twin |\n|---|---|---|---|\n")
	row := func(label string, cell func(run string) string) {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", label, cell("anneal"), cell("constant"), cell("dense"))
	}
	row("nonzero weights of "+number("parameters", "%.0f"), func(run string) string { return number("l0_"+run, "%.0f") })
	row("validation loss, nats per token", func(run string) string { return number("valid_loss_"+run, "%.3f") })
	row("quotes, held-out task loss (95 % interval)", func(run string) string { return loss("task_loss_quotes_" + run) })
	row("brackets, held-out task loss (95 % interval)", func(run string) string { return loss("task_loss_brackets_" + run) })
	row("violations of the budget over all steps", func(run string) string {
		if run == "dense" {
			return "–"
		}
		return number("violations_"+run, "%.0f")
	})
	row("training, seconds on two cores", func(run string) string { return number("train_seconds_"+run, "%.0f") })

	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), begin)
	old, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("the README has no table between %q and %q", begin, end)
	}
	if *regen {
		if err := os.WriteFile(readme, []byte(head+begin+b.String()+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(b.String(), old); d != "" {
		t.Errorf("the README's table is not what the notebook found (go test ./notebooks -regen rewrites it):\n%s", d)
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *regen {
		if err := os.MkdirAll("figures", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s is not the picture in the executed notebook (go test ./notebooks -regen rewrites it)", path)
	}
}
