package labtest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"image"
	"math"
	"slices"
	"time"
)

// script is the part that runs in the page.
//
//go:embed page.js
var script string

// Places that show a notebook.
const (
	InLab  = "lab"  // the notebook that Server.Notebook opened
	InPage = "page" // a page that nbconvert made
)

// minColours is how many colours a picture, and text, has at least, so that it
// is not blank. The edges of letters alone have more.
const (
	minColoursPicture = 8
	minColoursText    = 3
)

// Seen is what of a notebook's displays a reader sees.
type Seen struct {
	Problems []string // what is not as it should be, each with its display
	Lost     []string // what was taken away without a visible effect, as "a[download]", sorted
	Pictures int      // that were looked at
	Texts    int
}

// inspection is what page.js says of a display.
type inspection struct {
	Problems []string `json:"problems"`
	Lost     []string `json:"lost"`
}

// A box is where a figure is in the viewport.
type box struct {
	Index                    int // of the display
	Picture                  bool
	Left, Top, Right, Bottom float64
	Whole                    bool   // in view, or as much of it as fits
	Cover                    string // what is before it, if something is
	problem                  string
}

func (b box) rectangle() image.Rectangle {
	return image.Rect(int(math.Ceil(b.Left)), int(math.Ceil(b.Top)), int(math.Floor(b.Right)), int(math.Floor(b.Bottom)))
}

// Look checks that each display is on the page with all its pictures, its
// text, its elements and its styles; then it scrolls through the notebook and
// checks that each picture and each text is drawn: in view, not covered, not
// blank. What is not ready yet is waited for, up to patience. Each picture of
// the screen is handed to keep, if that is not nil, as a PNG file.
func (p *Page) Look(place string, want []Display, patience time.Duration, keep func(png []byte) error) (*Seen, error) {
	if err := p.Eval("(() => {"+script+"})()", nil); err != nil {
		return nil, err
	}
	text, err := json.Marshal(want)
	if err != nil {
		return nil, err
	}
	var found []inspection
	for end := p.browser.den.by(patience); ; time.Sleep(200 * time.Millisecond) {
		if err := p.Eval(fmt.Sprintf("labtest.inspect(%q, %s)", place, text), &found); err != nil {
			return nil, err
		}
		well := !slices.ContainsFunc(found, func(i inspection) bool { return len(i.Problems) > 0 })
		if well || time.Now().After(end) {
			break
		}
	}
	s := &Seen{}
	for i, f := range found {
		for _, problem := range f.Problems {
			s.Problems = append(s.Problems, fmt.Sprintf("%v: %s", want[i], problem))
		}
		s.Lost = append(s.Lost, f.Lost...)
	}
	slices.Sort(s.Lost)
	s.Lost = slices.Compact(s.Lost)
	return s, p.drawn(want, s, patience, keep)
}

// drawn looks at the pixels of the figures that the inspection found.
func (p *Page) drawn(want []Display, s *Seen, patience time.Duration, keep func(png []byte) error) error {
	var count int
	if err := p.Eval("labtest.count()", &count); err != nil {
		return err
	}
	looked := make([]bool, count)
	end := p.browser.den.by(patience)
	for at := range looked {
		for wait := 100 * time.Millisecond; !looked[at]; wait *= 2 {
			var boxes []box
			if err := p.Eval(fmt.Sprintf("labtest.view(%d)", at), &boxes); err != nil {
				return err
			}
			screen, file, err := p.Screenshot()
			if err != nil {
				return err
			}
			for i, b := range boxes {
				if looked[i] {
					boxes[i].Whole = false // and so left out below
				} else if b.Whole {
					boxes[i].problem = b.look(screen)
				}
			}
			// Something may pass, such as what JupyterLab shows while its colours change.
			if slices.ContainsFunc(boxes, func(b box) bool { return b.problem != "" }) && time.Now().Before(end) {
				time.Sleep(wait)
				continue
			}
			for i, b := range boxes {
				if !b.Whole {
					continue
				}
				looked[i] = true
				if b.Picture {
					s.Pictures++
				} else {
					s.Texts++
				}
				if b.problem != "" {
					s.Problems = append(s.Problems, fmt.Sprintf("%v: %s", want[b.Index], b.problem))
				}
			}
			if keep != nil {
				if err := keep(file); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// look says what is wrong with what the screen shows in the box.
func (b box) look(screen image.Image) string {
	what, least := "text", minColoursText
	if b.Picture {
		what, least = "picture", minColoursPicture
	}
	r := b.rectangle()
	switch n := Colours(screen, r, least); {
	case r.Empty():
		return "a " + what + " is out of view"
	case b.Cover != "":
		return "a " + what + " is behind " + b.Cover
	case n < least:
		return fmt.Sprintf("a %s is blank: %d colours in %v", what, n, r)
	}
	return ""
}
