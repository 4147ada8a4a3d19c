package command

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"circuitbook/kernel/internal/module"
	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/tensorfile"
)

// A runsPlace has a folder for the user's runs and a module whose notebooks
// come with some.
type runsPlace struct{ own, committed string }

func newRunsPlace(t *testing.T) runsPlace {
	t.Helper()
	root := t.TempDir()
	t.Chdir(root) // no module is found from here upwards
	p := runsPlace{filepath.Join(root, "own"), filepath.Join(root, "module", "notebooks", "runs")}
	if err := os.MkdirAll(p.committed, 0o755); err != nil {
		t.Fatal(err)
	}
	mod := filepath.Join(root, "module")
	if err := os.WriteFile(filepath.Join(mod, "go.mod"), []byte("module circuitbook\n\ngo 1.26\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv(module.Env, mod)
	t.Setenv(artifact.RootVariable, p.own)
	t.Setenv(artifact.NotebookRootVariable, "")
	return p
}

// make makes a run under root, with a checkpoint if step is not negative.
func (runsPlace) make(t *testing.T, root, kind string, config any, step int, done bool) *artifact.Run {
	t.Helper()
	r, err := artifact.Lock(root, kind, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	if step < 0 {
		return r
	}
	provenance, err := artifact.NewProvenance(7).JSON()
	if err != nil {
		t.Fatal(err)
	}
	write := func(text []byte) func(io.Writer) error {
		return func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		}
	}
	state := tensorfile.State{Dense: []tensorfile.Tensor{tensorfile.Float32s("weight", []int{1000}, make([]float32, 1000))}}
	if err := r.Save(step, done, map[string]func(io.Writer) error{"provenance.json": write(provenance), "model.safetensors": state.Write}); err != nil {
		t.Fatal(err)
	}
	return r
}

// runs runs the command and returns its exit code and its two outputs.
func (runsPlace) runs(args ...string) (code int, out, problems string) {
	var stdout, stderr bytes.Buffer
	code = run(append([]string{"runs"}, args...), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func wantMatch(t *testing.T, text string, patterns ...string) {
	t.Helper()
	for _, p := range patterns {
		if !regexp.MustCompile(p).MatchString(text) {
			t.Errorf("%s is not in\n%s", p, text)
		}
	}
}

func TestRunsList(t *testing.T) {
	p := newRunsPlace(t)
	if code, out, _ := p.runs(); code != exitOK || out != p.own+": 0 runs\n" {
		t.Errorf("with nothing there: exit code %d\n%s", code, out)
	}
	trained := p.make(t, p.own, "train", map[string]any{"config": map[string]any{"seed": 7, "task": 3.5}, "parent": true}, 400, true)
	pruned := p.make(t, p.own, "prune", map[string]any{"task": "quotes", "seed": uint64(1) << 63, "config": map[string]any{"seed": 8}, "parent": trained.Name()}, 12, false)
	bridged := p.make(t, p.own, "bridge", map[string]any{"config": map[string]any{"seed": 2}, "extension": map[string]any{"sparse": trained.Name(), "dense": "train-x"}}, 5, true)
	empty := p.make(t, p.own, "odd", map[string]any{"task": "a\x1b[2Jb", "config": "text"}, -1, false)
	committed := p.make(t, p.committed, "train", []int{1}, 3, true)
	code, out, problems := p.runs()
	if code != exitOK || problems != "" {
		t.Errorf("exit code %d\n%s", code, problems)
	}
	const when = `\d{4}-\d\d-\d\d \d\d:\d\d`
	wantMatch(t, out,
		`^`+regexp.QuoteMeta(p.own)+`: 4 runs\n`,
		`\n`+bridged.Name()+` +finished, step 5 .*  seed 2, sparse `+trained.Name()+`, dense train-x\n`,
		`\n`+trained.Name()+` +finished, step 400  5\.\d kB +`+when+`  task 3\.5, seed 7\n`,
		`\n`+pruned.Name()+` +at step 12 +5\.\d kB +`+when+`  task quotes, seed 9223372036854775808, of `+trained.Name()+`\n`,
		`\n`+empty.Name()+` +no step yet +\d+ B +`+when+`  task "a\\x1b\[2Jb"\n`,
		`\n\n`+regexp.QuoteMeta(p.committed)+` \(read-only\): 1 run\n`+committed.Name()+` +finished, step 3 .*`+when+` *\nsizes of files are compared; circuitbook runs check --all reads them\n$`,
	)
	if _, again, _ := p.runs("list"); again != out {
		t.Errorf("runs list differs from runs:\n%s", again)
	}
	// Without a module there are the user's own, and the folder a cell is told.
	t.Setenv(module.Env, "")
	if _, out, _ := p.runs(); strings.Contains(out, "read-only") || !strings.Contains(out, trained.Name()) {
		t.Errorf("without a module:\n%s", out)
	}
	t.Setenv(artifact.NotebookRootVariable, p.committed)
	if _, out, _ := p.runs(); !strings.Contains(out, p.committed+" (read-only): 1 run\n") {
		t.Errorf("in a cell:\n%s", out)
	}
	// Whoever makes the committed runs owns them.
	t.Setenv(artifact.RootVariable, p.committed)
	if _, out, _ := p.runs(); strings.Contains(out, "read-only") || !strings.Contains(out, committed.Name()) {
		t.Errorf("with the notebooks' runs as one's own:\n%s", out)
	}
}

func TestRunsShow(t *testing.T) {
	p := newRunsPlace(t)
	config := map[string]any{"config": map[string]any{"seed": 7, "name": "<a>"}, "task": "quotes"}
	done := p.make(t, p.own, "train", config, 400, true)
	p.make(t, p.committed, "train", config, 400, true)
	other := p.make(t, p.own, "prune", config, -1, false)
	code, out, problems := p.runs("show", done.Name(), other.Name())
	if code != exitOK || problems != "" {
		t.Errorf("exit code %d\n%s", code, problems)
	}
	wantMatch(t, out,
		`^`+done.Name()+`: finished, step 400, 5\.\d kB, changed \d{4}`,
		`\n  in `+regexp.QuoteMeta(p.own)+`\n  task quotes, seed 7\n  checkpoint of step 400, whole: model\.safetensors, provenance\.json\nconfig \{\n  "config": \{\n    "name": "<a>",`,
		`\nprovenance \{\n  "format": `,
		`\n\n`+done.Name()+`: .*\n  in `+regexp.QuoteMeta(p.committed)+` \(read-only\)\n`,
		`\n\n`+other.Name()+`: no step yet, .*\n.*\n.*\nconfig \{`,
	)

	// Damage is told here, where files are read.
	model := filepath.Join(done.Dir(), "checkpoint-0000000400", "model.safetensors")
	text, err := os.ReadFile(model)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)-1]++
	if err := os.WriteFile(model, text, 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out, problems = p.runs("show", done.Name()); code != exitFailed || strings.Count(out, "whole:") != 1 || strings.Count(out, "finished") != 1 {
		t.Errorf("exit code %d\n%s", code, out)
	}
	wantMatch(t, out, `^`+done.Name()+`: damaged, .*\n  in .*\n  task .*\n  /.*model\.safetensors: tensor "weight": `)
	wantMatch(t, problems, `not whole: `+done.Name()+`; after circuitbook runs rm NAME`)
	if err := os.WriteFile(filepath.Join(other.Dir(), "config.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out, _ = p.runs("show", other.Name()); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	wantMatch(t, out, `^`+other.Name()+`: damaged, `, `\n  /.*config\.json`)
	if code, out, _ = p.runs(); code != exitFailed || !strings.Contains(out, "\n"+other.Name()+": ") {
		t.Errorf("the list does not say what is wrong:\n%s", out)
	}
}

func TestRunsRemove(t *testing.T) {
	p := newRunsPlace(t)
	one := p.make(t, p.own, "train", 1, 3, true)
	two := p.make(t, p.own, "train", 2, 3, true)
	held := p.make(t, p.own, "train", 3, 3, false)
	committed := p.make(t, p.committed, "train", 4, 3, true)
	both := p.make(t, p.own, "train", 5, 3, true)
	p.make(t, p.committed, "train", 5, 3, true)
	for _, r := range []*artifact.Run{one, two, both, committed} {
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	there := func(r *artifact.Run) bool {
		_, err := os.Stat(r.Dir())
		return err == nil
	}

	// Nothing is removed where a name is wrong.
	for _, c := range []struct {
		name, want string
	}{
		{"train-0123456789abcdef", `there is no run "train-0123456789abcdef" in ` + p.own + ", " + p.committed + "; circuitbook runs lists"},
		{"../own/" + one.Name(), "there is no run"},
		{committed.Name(), committed.Name() + " is in " + p.committed + " (read-only)"},
	} {
		code, out, problems := p.runs("rm", one.Name(), c.name)
		if code != exitUsage || out != "" || !strings.Contains(problems, c.want) || !there(one) || !there(committed) {
			t.Errorf("rm %s: exit code %d\n%s%s", c.name, code, out, problems)
		}
	}
	// What is being written stays, and does not keep the others.
	code, out, problems := p.runs("rm", held.Name(), two.Name(), one.Name(), one.Name(), both.Name())
	if code != exitFailed || there(one) || there(two) || there(both) || !there(held) || strings.Count(out, "removed ") != 3 {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if !strings.Contains(problems, held.Name()+" is left: ") || !strings.Contains(problems, "is being written by process ") {
		t.Errorf("it says\n%s", problems)
	}
	// The committed one of the same name is still there, and read-only.
	if code, _, problems := p.runs("rm", both.Name()); code != exitUsage || !strings.Contains(problems, "comes with the notebooks") {
		t.Errorf("exit code %d\n%s", code, problems)
	}
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := p.runs("rm", held.Name()); code != exitOK || out != "removed "+held.Name()+"\n" || there(held) {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

func TestRunsRefuse(t *testing.T) {
	p := newRunsPlace(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		env, want string
		args      []string
	}{
		{"", "expected \"<name> ...\"", []string{"rm"}},
		{"", "expected \"<name> ...\"", []string{"show"}},
		{"", "there is no command runs nosuch", []string{"nosuch"}},
		{"", `there is no run "nosuch"`, []string{"show", "nosuch"}},
		{artifact.RootVariable, "set $CIRCUITBOOK_RUNS to one", nil},
		{artifact.RootVariable, "set $CIRCUITBOOK_RUNS to one", []string{"rm", "train-0123456789abcdef"}},
		{module.Env, "$CIRCUITBOOK_MODULE", nil},
	} {
		if c.env != "" {
			t.Setenv(c.env, file)
		}
		if code, out, problems := p.runs(c.args...); code != exitUsage || out != "" || !strings.Contains(problems, c.want) {
			t.Errorf("%q: exit code %d, want %q in\n%s%s", c.args, code, c.want, out, problems)
		}
		if c.env != "" {
			t.Setenv(c.env, p.own)
		}
		t.Setenv(module.Env, filepath.Dir(filepath.Dir(p.committed)))
	}
}

func TestSize(t *testing.T) {
	for bytes, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 6449: "6.4 kB", 99_949: "99.9 kB", 99_950: "100 kB", 999_499: "999 kB",
		999_500: "1.0 MB", 23_400_000: "23.4 MB", 5e9: "5.0 GB", 7e12: "7.0 TB", 7e15: "7000 TB",
	} {
		if got := size(bytes); got != want {
			t.Errorf("%d bytes are %q, want %q", bytes, got, want)
		}
	}
}

func TestIndent(t *testing.T) {
	if got, want := indent([]byte(`{"b":1.50,"a":["<x>"]}`)), "{\n  \"b\": 1.50,\n  \"a\": [\n    \"<x>\"\n  ]\n}"; got != want {
		t.Errorf("%s", got)
	}
	if got := indent([]byte("\x1b{")); got != `"\x1b{"` {
		t.Errorf("%q", got)
	}
}

func TestRunsCopy(t *testing.T) {
	p := newRunsPlace(t)
	done := p.make(t, p.own, "train", []int{1}, 3, true)
	half := p.make(t, p.own, "prune", []int{2}, 3, false)
	if code, _, problems := p.runs("copy", done.Name(), "train-0000000000000000", "--to", p.committed); code != exitUsage || !strings.Contains(problems, "no run") {
		t.Errorf("exit code %d\n%s", code, problems)
	}
	if list, err := artifact.List(p.committed); err != nil || len(list) != 0 {
		t.Errorf("copied beside a mistyped name: %v %v", list, err)
	}
	if code, out, problems := p.runs("copy", done.Name(), "--to", p.committed); code != exitOK || out != "copied "+done.Name()+"\n" {
		t.Errorf("exit code %d\n%s%s", code, out, problems)
	}
	if code, out, _ := p.runs("copy", done.Name(), "--to", p.committed); code != exitOK || out != done.Name()+" is there already\n" {
		t.Errorf("the second time: exit code %d\n%s", code, out)
	}
	if list, err := artifact.List(p.committed); err != nil || len(list) != 1 || !list[0].Done {
		t.Errorf("%v %v", list, err)
	}
	if code, _, problems := p.runs("copy", half.Name(), "--to", p.committed); code == exitOK || !strings.Contains(problems, "not finished") {
		t.Errorf("exit code %d\n%s", code, problems)
	}
	if list, err := filepath.Glob(filepath.Join(p.committed, "*.zip")); err != nil || len(list) != 1 || filepath.Base(list[0]) != "train.zip" {
		t.Errorf("packed it lies in %v, %v", list, err)
	}
	plain := filepath.Join(filepath.Dir(p.committed), "plain")
	if code, out, problems := p.runs("copy", done.Name(), "--plain", "--to", plain); code != exitOK || out != "copied "+done.Name()+"\n" {
		t.Errorf("exit code %d\n%s%s", code, out, problems)
	}
	if stat, err := os.Stat(filepath.Join(plain, done.Name())); err != nil || !stat.IsDir() {
		t.Errorf("%v, %v", stat, err)
	}
	if code, _, _ := p.runs("copy", done.Name()); code != exitUsage {
		t.Errorf("without a folder: exit code %d", code)
	}
}
