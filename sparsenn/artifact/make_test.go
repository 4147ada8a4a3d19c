package artifact

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// config is all that determines the artifacts of these tests.
type config struct{ N int }

func load(a *Run) (string, error) {
	c, _, err := a.Latest()
	if err != nil {
		return "", err
	}
	text, err := c.ReadFile("text")
	return string(text), err
}

func saved(text string) func(*Run) error {
	return func(a *Run) error { return Save(a, map[string][]byte{"text": []byte(text)}) }
}

// TestMake: what is made once is loaded from then on, by Open too, and what fails leaves
// nothing that would be taken for it.
func TestMake(t *testing.T) {
	t.Setenv(RootVariable, t.TempDir())
	ctx := t.Context()
	if _, err := Open("test", config{1}, load); !errors.Is(err, ErrNotFound) {
		t.Errorf("opened before it was made: %v", err)
	}
	no := errors.New("no")
	if _, err := Make(ctx, Options{}, "test", config{1}, load, func(*Run) error { return no }); !errors.Is(err, no) {
		t.Errorf("what failed: %v", err)
	}
	if s, err := Make(ctx, Options{}, "test", config{1}, load, saved("first")); s != "first" || err != nil {
		t.Errorf("made: %q, %v", s, err)
	}
	if s, err := Make(ctx, Options{}, "test", config{1}, load, saved("second")); s != "first" || err != nil {
		t.Errorf("made again: %q, %v", s, err)
	}
	if s, err := Open("test", config{1}, load); s != "first" || err != nil {
		t.Errorf("opened: %q, %v", s, err)
	}
	if s, err := Make(ctx, Options{}, "test", config{2}, load, saved("second")); s != "second" || err != nil {
		t.Errorf("another: %q, %v", s, err)
	}
}

// TestMakeFindsCommitted: what lies beside the notebooks is not made anew.
func TestMakeFindsCommitted(t *testing.T) {
	t.Setenv(RootVariable, t.TempDir())
	if _, err := Make(t.Context(), Options{}, "test", config{1}, load, saved("committed")); err != nil {
		t.Fatal(err)
	}
	t.Setenv(NotebookRootVariable, os.Getenv(RootVariable))
	t.Setenv(RootVariable, t.TempDir())
	if s, err := Make(t.Context(), Options{}, "test", config{1}, load, saved("own")); s != "committed" || err != nil {
		t.Errorf("%q, %v", s, err)
	}
}

// TestMakeResumes: the next call gets what one that was cut short had saved.
func TestMakeResumes(t *testing.T) {
	t.Setenv(RootVariable, t.TempDir())
	cut := errors.New("cut short")
	step := func(n int, done bool) func(*Run) error {
		return func(a *Run) error {
			if last, _, err := a.Latest(); err != nil || (last == nil) != (n == 1) {
				t.Errorf("step %d begins at %v, %v", n, last, err)
			}
			if err := a.Save(n, done, map[string]func(io.Writer) error{"text": func(w io.Writer) error {
				_, err := fmt.Fprint(w, n)
				return err
			}}); err != nil || done {
				return err
			}
			return cut
		}
	}
	if _, err := Make(t.Context(), Options{}, "test", config{1}, load, step(1, false)); !errors.Is(err, cut) {
		t.Fatal(err)
	}
	if s, err := Make(t.Context(), Options{}, "test", config{1}, load, step(2, true)); s != "2" || err != nil {
		t.Errorf("%q, %v", s, err)
	}
	a, err := OpenDir(mustName(t))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(a.Dir())
	if err != nil || len(entries) != 2 { // config.json and the last checkpoint
		t.Errorf("%v, %v: what came before is kept", entries, err)
	}
}

func mustName(t *testing.T) string {
	t.Helper()
	name, err := Name("test", config{1})
	if err != nil {
		t.Fatal(err)
	}
	return os.Getenv(RootVariable) + "/" + name
}

// TestMakeOnce: of many that want the same at once one makes it, and the others wait, say
// so, and load it.
func TestMakeOnce(t *testing.T) {
	t.Setenv(RootVariable, t.TempDir())
	var made, waited atomic.Int32
	var all sync.WaitGroup
	begun, goOn := make(chan struct{}), make(chan struct{})
	o := Options{Log: func(line string) {
		if !strings.Contains(line, "waiting for ") {
			t.Errorf("it says %q", line)
		}
		if waited.Add(1) == 3 {
			close(goOn)
		}
	}}
	work := func(a *Run) error {
		made.Add(1)
		close(begun)
		<-goOn
		return saved("once")(a)
	}
	call := func() {
		if s, err := Make(t.Context(), o, "test", config{1}, load, work); s != "once" || err != nil {
			t.Errorf("%q, %v", s, err)
		}
	}
	all.Go(call)
	<-begun
	for range 3 {
		all.Go(call)
	}
	all.Wait()
	if made.Load() != 1 || waited.Load() != 3 {
		t.Errorf("made %d times, %d waited", made.Load(), waited.Load())
	}
}

// TestMakeStopsWaiting: who waits ends when told to, and says for whom it waited.
func TestMakeStopsWaiting(t *testing.T) {
	root := t.TempDir()
	t.Setenv(RootVariable, root)
	held, err := Lock(root, "test", config{1})
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	ctx, cancel := context.WithCancel(t.Context())
	_, err = Make(ctx, Options{Log: func(string) { cancel() }}, "test", config{1}, load, saved("never"))
	var locked *LockedError
	if !errors.Is(err, context.Canceled) || !errors.As(err, &locked) || locked.PID != os.Getpid() {
		t.Errorf("%v", err)
	}
}
