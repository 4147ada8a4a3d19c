package lab

import (
	"context"
	"fmt"
	"slices"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/sparsenn/probe"
	"circuitbook/viz/tokenview"
)

// Strips shows nodes over the two sides of a held-out pair, and their difference.
func (c *Circuit) Strips(nodes ...string) tokenview.TokenStrips {
	e := first(c.reported(), 1)
	s := tokenview.TokenStrips{Note: c.Note("Over a pair of prompts", "Prompt, counterpart, and prompt minus counterpart. In the whole model.")}
	for i, v := range cell.Must(probe.OnPairs(c.model.Run().Model, e, cell.Must(parseNodes(nodes)))) {
		s.Strips = append(s.Strips, cell.Must(tokenview.Pair(nodes[i], c.model.texts(e[0].Prompt), v[0], c.model.texts(e[0].Counter), v[1])))
	}
	return s
}

// promptStrips shows nodes over a held-out prompt.
func (c *Circuit) promptStrips(nodes ...string) tokenview.TokenStrips {
	e := first(c.reported(), 1)
	var s tokenview.TokenStrips
	for i, v := range cell.Must(probe.OnPairs(c.model.Run().Model, e, cell.Must(parseNodes(nodes)))) {
		s.Strips = append(s.Strips, tokenview.Strip(nodes[i], c.model.texts(e[0].Prompt), v[0]))
	}
	return s
}

// textStripLength is how many tokens of text are shown at most.
const textStripLength = 96

// TextStrips shows nodes over a stretch of validation text: the one with the most of the
// tokens in which the two sides of a pair of the circuit's task differ first, of both sides
// where there is one.
func (c *Circuit) TextStrips(nodes ...string) tokenview.TokenStrips {
	list := cell.Must(parseNodes(nodes))
	e := first(c.reported(), 1)[0]
	at := probe.Opening(e.Prompt, e.Counter)
	length := min(textStripLength, c.model.Run().Config.Model.Context)
	windows := cell.Must(probe.Cut(c.model.Data().Valid, length, length))
	best, most := 0, -1
	for i, w := range windows {
		n := 0
		for _, id := range []int32{e.Prompt[at], e.Counter[at]} {
			if slices.Contains(w.Tokens, id) {
				n += length
			}
			for _, x := range w.Tokens {
				if x == id {
					n++
				}
			}
		}
		if n > most {
			best, most = i, n
		}
	}
	w := probe.Window{Tokens: windows[best].Tokens}
	scan := cell.Interruptible(func(ctx context.Context) ([][][]float32, error) {
		return probe.Scan(ctx, c.model.Run().Model, []probe.Window{w}, list, nil)
	})
	s := tokenview.TokenStrips{Note: c.Note("Over validation text", fmt.Sprintf("The stretch of %d tokens in which the most is opened, of both kinds where there is one.", length))}
	for i := range list {
		s.Strips = append(s.Strips, tokenview.Strip(nodes[i], c.model.texts(w.Tokens), cell.Must(probe.Join([]probe.Window{w}, scan[i], len(w.Tokens)))))
	}
	return s
}
