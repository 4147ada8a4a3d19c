package train

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/tensorfile"
)

// runChild is set in a child process of the kill test to the steps of its run.
const runChild = "CIRCUITBOOK_TRAIN_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(runChild) != "" {
		o := artifact.Options{SaveEvery: time.Nanosecond, Progress: func(p artifact.Progress) { fmt.Println("step", int(p.Done)-1) }}
		if _, err := Run(context.Background(), small(), o); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func runsIn(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv(artifact.RootVariable, dir)
	return dir
}

func weightsOf(t *testing.T, r *Result) []byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(r.Dir, "checkpoint-*", modelFile))
	if err != nil || len(files) != 1 {
		t.Fatalf("a finished run has the checkpoints %v, %v; want one", files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// withoutTimes is the log of metrics with what differs between repetitions cut.
func withoutTimes(t *testing.T, ms []Metric) string {
	t.Helper()
	var b strings.Builder
	for _, m := range ms {
		m.TokensPerSecond = 0
		line, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", line)
	}
	return b.String()
}

// TestKillAndResumeBitForBit: 40 steps are 20 steps, a SIGKILL, a resume and
// the rest, bit for bit, metrics included; a run that is finished is loaded.
func TestKillAndResumeBitForBit(t *testing.T) {
	runsIn(t)
	whole, err := Run(context.Background(), small(), artifact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want, log := weightsOf(t, whole), withoutTimes(t, whole.Metrics)
	if len(whole.Metrics) != 40 || whole.Violations() != 0 || whole.Valid() >= whole.Metrics[0].Loss {
		t.Fatalf("%d metrics, %d violations, validation %v after a first loss of %v", len(whole.Metrics), whole.Violations(), whole.Valid(), whole.Metrics[0].Loss)
	}

	runsIn(t)
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), runChild+"=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "step 19" {
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	var resumed string
	first := -1
	got, err := Run(context.Background(), small(), artifact.Options{
		Log: func(s string) { resumed += s },
		Progress: func(p artifact.Progress) {
			if first < 0 {
				first = int(p.Done) - 1
			}
		}})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(resumed, "goes on at step") || first < 19 || first > 39 {
		t.Errorf("resumed at step %d, log %q", first, resumed)
	}
	if !bytes.Equal(weightsOf(t, got), want) {
		t.Error("the weights differ from those of the run that was not killed")
	}
	if withoutTimes(t, got.Metrics) != log {
		t.Error("the metrics differ from those of the run that was not killed")
	}

	// Counted once more by a script that shares no code with the project.
	if python, err := exec.LookPath("python3"); err != nil {
		t.Log("no python3: the supports are not counted from outside")
	} else if out, err := exec.Command(python, "testdata/count_support.py", got.Dir).CombinedOutput(); err != nil {
		t.Errorf("counting from outside: %v\n%s", err, out)
	}

	again, err := Run(context.Background(), small(), artifact.Options{Progress: func(artifact.Progress) { t.Error("a finished run took a step") }})
	if err != nil || again.Name != got.Name || again.Valid() != got.Valid() {
		t.Errorf("loading the finished run: %v", err)
	}
}

// TestInterruptSavesAndResumes: a cancelled run takes no more steps and leaves a
// checkpoint, and the same call goes on from there.
func TestInterruptSavesAndResumes(t *testing.T) {
	runsIn(t)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Run(ctx, small(), artifact.Options{Progress: func(p artifact.Progress) {
		if p.Done == 8 {
			cancel()
		} else if p.Done > 8 {
			t.Errorf("step %v is done after the interrupt", p.Done)
		}
	}})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "saved at step 8 of 40") {
		t.Fatalf("error %v", err)
	}
	if _, err := Open(small()); !errors.Is(err, artifact.ErrNotFound) || !strings.Contains(err.Error(), "Run instead of Open makes it") {
		t.Errorf("Open of a half-done run: %v", err)
	}
	first := -1
	r, err := Run(context.Background(), small(), artifact.Options{Progress: func(p artifact.Progress) {
		if first < 0 {
			first = int(p.Done) - 1
		}
	}})
	if err != nil || first != 8 {
		t.Fatalf("went on at step %d, %v", first, err)
	}
	if r.Model.L0() != r.Metrics[39].L0 {
		t.Errorf("the loaded model has L0 %d, the last step counted %d", r.Model.L0(), r.Metrics[39].L0)
	}
	dir := filepath.Join(t.TempDir(), "export")
	if err := r.Export(dir); err != nil {
		t.Fatal(err)
	}
	f, err := tensorfile.Open(filepath.Join(dir, modelFile))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, p := range r.Config.Model.Params() {
		want, _ := r.Model.Values(p.Name)
		x, err := f.Read(p.Name)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := x.Float32s(); err != nil || !slices.Equal(got, want) || !slices.Equal(x.Shape, p.Shape) {
			t.Errorf("%s was exported as %v, %v", p.Name, x.Shape, err)
		}
	}
	if r.Provenance.Data["corpus"] == "" || r.Provenance.WallSeconds <= 0 || r.Provenance.Plugin == "" {
		t.Errorf("provenance %+v", r.Provenance)
	}
}

// TestSecondWriterWaits: of two runs of one config at once the second says for whom it
// waits, until it is told to end.
func TestSecondWriterWaits(t *testing.T) {
	root := runsIn(t)
	id, err := small().identity(Extension{})
	if err != nil {
		t.Fatal(err)
	}
	held, err := artifact.Lock(root, kind, id)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	ctx, cancel := context.WithCancel(context.Background())
	var locked *artifact.LockedError
	_, err = Run(ctx, small(), artifact.Options{Log: func(line string) {
		if !strings.Contains(line, "waiting for process "+strconv.Itoa(os.Getpid())) {
			t.Errorf("it says %q", line)
		}
		cancel()
	}})
	if !errors.As(err, &locked) || !errors.Is(err, context.Canceled) {
		t.Errorf("the second writer got %v", err)
	}
}

// TestIdentityCoversWhatDetermines: the name of a run changes with config,
// seed and data, and not with where a folder lies.
func TestIdentityCoversWhatDetermines(t *testing.T) {
	name := func(c Config) string {
		t.Helper()
		id, err := c.identity(Extension{})
		if err != nil {
			t.Fatal(err)
		}
		n, err := artifact.Name(kind, id)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	base := name(small())
	for what, edit := range map[string]func(*Config){
		"seed": func(c *Config) { c.Seed++ }, "lr": func(c *Config) { c.LR *= 2 },
		"steps": func(c *Config) { c.Steps++ }, "corpus": func(c *Config) { c.Corpus.Seed++ },
	} {
		c := small()
		edit(&c)
		if name(c) == base {
			t.Errorf("another %s gives the same name", what)
		}
	}
	folder := func(text string) Config {
		dir := t.TempDir()
		for i := range 3 {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i, ".py")), []byte(fmt.Sprintf("x%d = %s\n", i, text)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		c := small()
		c.Corpus.Parts[0].Kind, c.Corpus.Parts[0].Path = "folder", dir
		return c
	}
	here, there := folder("1"), folder("1")
	if name(here) != name(there) {
		t.Error("the same files elsewhere give another name")
	}
	if name(folder("1")) == name(folder("2")) {
		t.Error("other files give the same name")
	}
}
