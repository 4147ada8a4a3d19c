package task

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// listed is a pair of a list and where it stands there, for errors.
type listed struct {
	Pair
	where string
}

// FromPairs returns a task whose examples are those of a list, none twice. A
// filling that is empty becomes the prompt, or the filling of an earlier pair
// with a side in common. Pairs of one filling are all in one split; of the
// fillings about half go to fit, a quarter each to select and report, by a hash
// of name and filling, so that a pair stays where it is when others are added.
// Where a split holds fewer examples than are asked for, all of it is given, but
// fewer than 8 are an error. The seed chooses which and in which order.
func FromPairs(name, contrast string, pairs []Pair) (Task, error) {
	if name == "" {
		return Task{}, errors.New("task: a task needs a name")
	}
	var l list
	for i, p := range pairs {
		where := fmt.Sprintf("pair %d", i)
		if err := l.add(p, where); err != nil {
			return Task{}, fmt.Errorf("task %s: %s: %w", name, where, err)
		}
	}
	if len(l.pairs) == 0 {
		return Task{}, fmt.Errorf("task %s: there are no pairs", name)
	}
	return Task{Name: name, Contrast: contrast, list: &pairList{pairs: l.pairs}}, nil
}

// list gathers pairs that can be split.
type list struct {
	pairs []listed
	sides map[string]listed // the last pair with a prompt or counterpart
	seen  map[string]string // where a pair stands
}

// add takes one more pair, or says what is wrong with it.
func (l *list) add(p Pair, where string) error {
	for _, f := range []struct{ name, text string }{{"prompt", p.Prompt}, {"counter", p.Counter}, {"target", p.Target}} {
		if f.text == "" {
			return fmt.Errorf("%s is missing or empty: every pair needs prompt, counter and target", f.name)
		}
	}
	if p.Prompt == p.Counter {
		return errors.New("prompt and counter are the same: they must differ in what decides the answer")
	}
	if p.Target == p.Alt {
		return errors.New("target and alt are the same: give each side its own answer")
	}
	for _, c := range p.Context {
		if !strings.HasSuffix(c, "\n") {
			return fmt.Errorf("context chunk %q is not of whole lines: end it with a line break", c)
		}
	}
	if l.sides == nil {
		l.sides, l.seen = map[string]listed{}, map[string]string{}
	}
	key := keyOf(append([]string{p.Prompt, p.Counter}, p.Context...)...)
	if was, ok := l.seen[key]; ok {
		return fmt.Errorf("the same prompt and counter as %s: remove one of them", was)
	}
	// The context is left out of this, as it is cut where it does not fit.
	for _, side := range []string{p.Prompt, p.Counter} {
		if other, ok := l.sides[side]; ok && p.Filling == "" {
			p.Filling = other.Filling
		}
	}
	if p.Filling == "" {
		p.Filling = p.Prompt
	}
	for _, side := range []string{p.Prompt, p.Counter} {
		if other, ok := l.sides[side]; ok && other.Filling != p.Filling {
			return fmt.Errorf("%q is also in %s, whose filling is %q and not %q: pairs with a text in common must not fall "+
				"into two splits, give them one filling", side, other.where, other.Filling, p.Filling)
		}
	}
	p.Context = append([]string(nil), p.Context...)
	for _, side := range []string{p.Prompt, p.Counter} {
		l.sides[side] = listed{p, where}
	}
	l.seen[key] = where
	l.pairs = append(l.pairs, listed{p, where})
	return nil
}

// keyOf is a text that different lists of texts do not share.
func keyOf(texts ...string) string {
	var b strings.Builder
	for _, s := range texts {
		b.WriteString(strconv.Itoa(len(s)))
		b.WriteByte(':')
		b.WriteString(s)
	}
	return b.String()
}
