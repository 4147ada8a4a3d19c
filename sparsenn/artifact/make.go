package artifact

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Open loads the finished artifact of a kind and of config, which is all that determines
// it. The error wraps [ErrNotFound] where there is none.
func Open[T any](kind string, config any, load func(*Run) (T, error)) (none T, err error) {
	roots, err := Roots()
	if err != nil {
		return none, err
	}
	a, err := OpenReadOnly(roots, kind, config)
	if err != nil {
		return none, err
	}
	defer a.Close()
	return load(a)
}

// Make loads an artifact as [Open] does. Where there is none, work makes or resumes it in
// the user's own folder and saves it as done, and what it saved is loaded. If another
// process is making the same one, Make waits until that has ended: then it loads, or goes
// on where the other was killed. When ctx is cancelled while it waits, the error wraps
// ctx's and the [*LockedError] that says who makes it.
func Make[T any](ctx context.Context, o Options, kind string, config any, load func(*Run) (T, error), work func(*Run) error) (none T, err error) {
	if v, err := Open(kind, config, load); err == nil || !errors.Is(err, ErrNotFound) {
		return v, err
	}
	root, err := Root()
	if err != nil {
		return none, err
	}
	a, err := lock(ctx, o, root, kind, config)
	if err != nil {
		return none, err
	}
	defer a.Close()
	finished, err := a.Finished() // by another process, meanwhile
	if err != nil {
		return none, err
	}
	if !finished {
		if err := work(a); err != nil {
			return none, err
		}
		if err := a.DropPrevious(); err != nil {
			return none, err
		}
	}
	return load(a)
}

// retry is how often a lock that another process holds is asked for.
const retry = 100 * time.Millisecond

// lock opens an artifact for writing once nobody else does.
func lock(ctx context.Context, o Options, root, kind string, config any) (*Run, error) {
	tick := time.NewTicker(retry)
	defer tick.Stop()
	for said := false; ; {
		a, err := Lock(root, kind, config)
		var locked *LockedError
		if err == nil || !errors.As(err, &locked) {
			return a, err
		}
		if !said {
			o.Say(locked.Waiting())
			said = true
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", err, ctx.Err())
		case <-tick.C:
		}
	}
}

// Save saves files as the whole of an artifact that is made at once.
func Save(a *Run, files map[string][]byte) error {
	write := map[string]func(io.Writer) error{}
	for name, data := range files {
		write[name] = func(w io.Writer) error {
			_, err := w.Write(data)
			return err
		}
	}
	return a.Save(1, true, write)
}
