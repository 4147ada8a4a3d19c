package main

import (
	"circuitbook/sparsenn/stat"
	"context"
	"fmt"
	"io"
	"maps"
	"time"
)

// A request asks for repetitions that together take about perRequest; what takes
// longer is done once. What lasts less than unwarmed is done once unmeasured
// before, since another process has just had the caches.
const (
	perRequest = 60 * time.Millisecond
	unwarmed   = 60 * time.Millisecond
	most       = 64
)

// tooSlow is how long a repetition of a peer may take to be measured at all.
const tooSlow = 8 * time.Second

// plan is how often a request repeats what takes t nanoseconds.
func plan(t float64) (warm, reps int) {
	reps = min(most, max(1, int(float64(perRequest)/max(t, 1))))
	if t < float64(unwarmed) {
		warm = 1
	}
	return warm, reps
}

// entrant is a worker with its plan.
type entrant struct {
	*worker
	warm, reps int
}

// time is the median of the repetitions of one request.
func (e entrant) time() (float64, error) {
	times, err := e.run(e.warm, e.reps)
	return stat.Median(times), err
}

// measure runs one case. Peers that fail or are too slow are told in the result and
// left out; only a failure of ours is an error.
func (s setup) measure(ctx context.Context, c Case, n int, log io.Writer) (result *CaseResult, err error) {
	task, err := c.inputs(ctx, s.dir)
	if err != nil {
		return nil, err
	}
	result = &CaseResult{Name: c.Name, Aims: c.Aims, LoadBefore: load(), Versions: map[string]string{}}
	enter := func(name string) (entrant, error) {
		fmt.Fprintf(log, "%s: preparing %s\n", c.Name, name)
		task.Contestant = name
		w, err := s.start(ctx, task)
		if err != nil {
			return entrant{}, err
		}
		maps.Copy(result.Versions, w.ready.Versions)
		first, err := w.run(1, 1)
		if err != nil {
			w.stop()
			return entrant{}, err
		}
		if t := time.Duration(first[0]); t > tooSlow && name != ours {
			w.stop()
			return entrant{}, fmt.Errorf("%s: left out, one repetition takes %.1f s", name, t.Seconds())
		}
		warm, reps := plan(first[0])
		return entrant{w, warm, reps}, nil
	}
	we, err := enter(ours)
	if err != nil {
		return nil, err
	}
	defer we.stop()
	var against []entrant
	var peers []*PeerResult
	for _, name := range c.Peers {
		p := &PeerResult{Name: name, Library: isLibrary(c.Op, name)}
		result.Peers = append(result.Peers, p)
		e, err := enter(name)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			p.Note = err.Error()
			fmt.Fprintln(log, err)
			continue
		}
		defer e.stop()
		if name != oursDense {
			k := c.K
			if c.Op == opAbsTopK {
				k *= c.Rows
			}
			p.Note, p.Differs = agreement(c.Op, we.ready, e.ready, k)
		}
		against, peers = append(against, e), append(peers, p)
	}
	all := make([]pairs, len(against))
	for i := range n {
		fmt.Fprintf(log, "%s: pairs %d of %d\n", c.Name, i+1, n)
		for j, e := range against {
			// Who is first alternates.
			order := [2]entrant{we, e}
			if (i+j)%2 == 1 {
				order = [2]entrant{e, we}
			}
			var t [2]float64
			for o, who := range order {
				if t[o], err = who.time(); err != nil {
					return nil, err
				}
			}
			if (i+j)%2 == 1 {
				t[0], t[1] = t[1], t[0]
			}
			all[j].ours, all[j].peer = append(all[j].ours, t[0]/1e6), append(all[j].peer, t[1]/1e6)
		}
	}
	result.LoadAfter = load()
	result.fill(all, peers)
	return result, nil
}
