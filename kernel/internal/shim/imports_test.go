package shim

import (
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// importsOf returns the import lines of src.
func importsOf(t *testing.T, src []byte) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ImportsOnly)
	if err != nil {
		t.Fatalf("%v in\n%s", err, src)
	}
	list := []string{}
	for _, imp := range f.Imports {
		p, _ := strconv.Unquote(imp.Path.Value)
		if imp.Name != nil {
			p = imp.Name.Name + " " + p
		}
		list = append(list, p)
	}
	slices.Sort(list)
	return list
}

func TestFixImports(t *testing.T) {
	s := newSetup(t)
	t.Chdir(t.TempDir())
	files(t, ".", map[string]string{"go.mod": "module m\n\nrequire github.com/Some/one v1.2.0\n"})
	const runs, draws, plugs = "circuitbook/sparsenn/train", "circuitbook/viz/train", "circuitbook/sparsenn/plugin"
	for name, c := range map[string]struct {
		src  string
		want []string
	}{
		"by name":             {`func main() { train.Run() }`, []string{runs}},
		"by what it exports":  {`func main() { train.Draw() }`, []string{draws}},
		"most exports":        {`func main() { var c train.Config; train.Run(); train.Typo(c) }`, []string{runs}},
		"none exports it":     {`func main() { train.NewTrainer() }`, nil},
		"only in a test":      {`func main() { train.Hidden() }`, nil},
		"the standard's name": {`func main() { plugin.Open(plugin.Plugin{}) }`, nil},
		"ours all the same":   {`func main() { _ = plugin.Open + plugin.Path }`, []string{plugs}},
		"a local variable":    {`func main() { train := x(); train.Run() }`, nil},
		"a parameter":         {`func f(train T) { train.Run() }`, nil},
		"a package variable":  {`var train T; func main() { train.Run() }`, nil},
		"imported already":    {`import "other/train"; func main() { train.Run() }`, []string{"other/train"}},
		"imported by a name":  {`import train "x"; func main() { train.Run() }`, []string{"train x"}},
		"shadowed once":       {`func f(train T) { train.Run() }; func main() { train.Run() }`, []string{runs}},
		"not for notebooks":   {`func main() { internal.Draw(); model.Draw() }`, nil},
		"dot, used":           {`import . "circuitbook/sparsenn/train"; func main() { Run() }`, []string{". " + runs}},
		"dot, unused":         {`import . "circuitbook/sparsenn/train"; func main() {}`, nil},
		"dot, in a list":      {"import (\n . \"circuitbook/sparsenn/train\"\n \"fmt\"\n)\nfunc main() { fmt.Print() }", []string{"fmt"}},
		"dot, standard":       {`import . "math"; func main() {}`, nil},
		"dot, standard, used": {`import . "math"; func main() { _ = Pi }`, []string{". math"}},
		"dot, a module":       {`import . "github.com/Some/one/sub"; func main() {}`, nil},
		"dot, module, used":   {`import . "github.com/Some/one/sub"; func main() { Given() }`, []string{". github.com/Some/one/sub"}},
		"dot, unknown":        {`import . "github.com/other/one"; func main() {}`, []string{". github.com/other/one"}},
		"blank":               {`import _ "fmt"; func main() {}`, []string{"_ fmt"}},
	} {
		src := "package main\n" + c.src + "\n"
		fixed, changed := s.fixImports([]byte(src))
		if c.want == nil {
			c.want = []string{}
		}
		if diff := cmp.Diff(c.want, importsOf(t, fixed)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if changed != (string(fixed) != src) {
			t.Errorf("%s: changed is %v", name, changed)
		}
		if strings.Count(src, "\n") != strings.Count(string(fixed), "\n") {
			t.Errorf("%s: lines moved:\n%s", name, fixed)
		}
	}
}

// FuzzFixImports holds that whatever a cell says, lines stay where they are
// and what was Go stays Go.
func FuzzFixImports(f *testing.F) {
	f.Add("package main; import . \"circuitbook/sparsenn/train\"; func main() { train.Run(); plugin.Open() }")
	f.Add("package main\nimport (\n. \"math\"\n)\n")
	f.Add("not go")
	s := Setup{Module: f.TempDir(), GoRoot: f.TempDir(), ModCache: f.TempDir()}
	f.Fuzz(func(t *testing.T, src string) {
		fixed, _ := s.fixImports([]byte(src))
		if strings.Count(src, "\n") != strings.Count(string(fixed), "\n") {
			t.Fatal("lines moved")
		}
		if _, err := parser.ParseFile(token.NewFileSet(), "", src, 0); err != nil {
			return
		}
		if _, err := parser.ParseFile(token.NewFileSet(), "", fixed, 0); err != nil {
			t.Fatalf("%v: %q became %q", err, src, fixed)
		}
	})
}

// TestSkeleton: what goimports reads has the imports and the uses of packages, and
// nothing that grows with what a cell holds.
func TestSkeleton(t *testing.T) {
	src := `package main

import (
	"fmt"
	. "math"
	_ "embed"
)
import y "gopkg.in/yaml"

type T struct{ fmt.Stringer }

var text = "` + strings.Repeat("x", 1000) + `" + os.Args[0] + T{}.x.y

func f(z T) { z.Do(); a.b.c(y.Marshal) }
`
	want := `package main
import (
	"fmt"
	. "math"
	_ "embed"
)
import y "gopkg.in/yaml"

func main() {
	_ = a.b
	_ = fmt.Stringer
	_ = os.Args
	_ = y.Marshal
}
`
	if diff := cmp.Diff(want, string(skeleton([]byte(src)))); diff != "" {
		t.Error(diff)
	}
	if got := string(skeleton([]byte("not go"))); got != "not go" {
		t.Errorf("got %q", got)
	}
}
