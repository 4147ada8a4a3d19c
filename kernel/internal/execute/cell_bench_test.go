package execute_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// cellKinds are cells that are measured: a number sets each apart from the others, so that
// all are compiled.
var cellKinds = []struct{ name, source string }{
	{"trivial", "fmt.Println(%d)"},
	{"kept", "n += %d"},
	{"engine", "back, err := backend.Open()\nif err != nil {\n\tpanic(err)\n}\nfmt.Println(%d, back.Name())"},
	{"next", "m.Next(fmt.Sprint(\"values = [1, \", %d))"},
	{"swap", "q.Without(way[%d%%2]).Loss()"},
}

// BenchmarkCell says how long cells take that nothing has to be made for: seconds of each
// kind, and how many times that is what go build and the start of a program with fmt alone
// take, side by side. kept is a cell with a kept number, next one that uses a kept model and
// evaluates a prompt, swap one that measures a circuit on 256 pairs.
func BenchmarkCell(b *testing.B) {
	sources := []string{"m := Train(\"laptop\", Seed(1))\nn := 0", "q := m.Find(\"single_double_quote\")\nway := q.Path()"}
	const before = 2
	for i := range b.N + 1 { // the first fills caches
		for _, k := range cellKinds {
			sources = append(sources, fmt.Sprintf(k.source, i+100))
		}
	}
	r := newRun(b, sources...)
	plain := plainGo(b)
	took := map[string][]float64{}
	b.ResetTimer()
	got, err := r.All(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	for i, o := range got {
		if o.Failure != nil {
			b.Fatalf("%s: %v", sources[i], o.Failure)
		}
		if at := i - before; at >= len(cellKinds) {
			name := cellKinds[at%len(cellKinds)].name
			took[name] = append(took[name], o.Took.Seconds())
		}
	}
	for i := range b.N + 1 {
		if s := plain(i); i > 0 {
			took["plain"] = append(took["plain"], s)
		}
	}
	median := func(name string) float64 {
		slices.Sort(took[name])
		return took[name][len(took[name])/2]
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median("plain"), "s/plain")
	for _, k := range cellKinds {
		b.ReportMetric(median(k.name), "s/"+k.name)
		b.ReportMetric(median(k.name)/median("plain"), k.name+"/plain")
	}
}

// plainGo returns a function that builds a program with fmt alone and runs it, and says how
// long that took.
func plainGo(b *testing.B) func(i int) float64 {
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module plain\n\ngo 1.24\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	return func(i int) float64 {
		source := fmt.Sprintf("package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(%d) }\n", i)
		if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(source), 0o600); err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		for _, args := range [][]string{{"go", "build", "-o", "plain"}, {"./plain"}} {
			cmd := exec.Command(args[0], args[1:]...)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				b.Fatalf("%v: %s", err, out)
			}
		}
		return time.Since(began).Seconds()
	}
}
