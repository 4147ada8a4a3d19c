package lab

import (
	"context"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"circuitbook/notebooks/lab/cell"
	"circuitbook/viz"
	"circuitbook/viz/book"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/comms"
	"github.com/janpfeifer/gonb/gonbui/widgets"
)

// Slider shows the figure of each of several values. In JupyterLab there is a slider under
// which the figure of its value stands; it can be turned until the next cell is run, or this
// one is interrupted. Then, and wherever nobody could turn it, the figures stand one under
// the other.
//
//	Slider("strength", []float64{0, 1, 2, 4}, func(x float64) viz.Figure { return b.Steer(q, x).On(prompt) })
func Slider(name string, values []float64, draw func(value float64) viz.Figure) {
	turn(name, values, func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }, draw, func([]string) knob {
		return widgets.Slider(0, len(values)-1, 0).Done()
	})
}

// Select is Slider for values that are text, such as nodes or prompts, in a list.
func Select(name string, values []string, draw func(value string) viz.Figure) {
	turn(name, values, func(s string) string { return s }, draw, func(labels []string) knob {
		return widgets.Select(labels).Done()
	})
}

// A knob is a widget whose values are places in a list.
type knob interface {
	Listen() *comms.AddressChan[int]
}

// turn shows the figures of values, live where there is somebody to turn the knob that build
// shows.
func turn[T any](name string, values []T, label func(T) string, draw func(T) viz.Figure, build func(labels []string) knob) {
	if len(values) == 0 {
		cell.End(fmt.Errorf("%s: no values; give at least one", name))
	}
	var labels []string
	for _, v := range values {
		labels = append(labels, name+" "+label(v))
	}
	drawn := map[int]viz.Figure{}
	figure := func(i int) viz.Figure {
		if drawn[i] == nil {
			drawn[i] = cell.Page{viz.Bundle{HTML: "<div><b>" + html.EscapeString(labels[i]) + "</b></div>\n", Text: labels[i] + "\n"}, draw(values[i])}
		}
		return drawn[i]
	}
	id := "circuitbook-turn-" + gonbui.UniqueId()
	if hasReader() && !isWaitedFor() {
		ctx, stop := book.Interruptible()
		cell.Check(live(ctx, id, len(values), figure, func() knob { return build(labels) }))
		stop()
	}
	var all cell.Page
	for i := range values {
		all = append(all, figure(i))
	}
	cell.Check(book.ShowAs(id, all))
}

// patience is how long a front end may take to show a knob. One that does not know how shows
// none. A variable for tests.
var patience = 10 * time.Second

// live shows the figure of the place that a knob is turned to, until another cell waits.
func live(ctx context.Context, id string, n int, figure func(i int) viz.Figure, build func() knob) error {
	made := make(chan knob, 1)
	go func() { made <- build() }()
	if err := book.ShowAs(id, figure(0)); err != nil {
		return err
	}
	late := time.After(patience)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	var turned <-chan int
	shown := 0
	for {
		select {
		case k := <-made:
			l := k.Listen()
			defer l.Close()
			turned, late = l.C, nil
		case i := <-turned:
			for more := true; more; { // the last of those that came while a figure was drawn
				select {
				case i = <-turned:
				default:
					more = false
				}
			}
			if i < 0 || i >= n || i == shown {
				continue
			}
			shown = i
			if err := book.ShowAs(id, figure(i)); err != nil {
				return err
			}
		case <-late:
			return nil
		case <-tick.C:
			if isWaitedFor() {
				return nil
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// The files by which the kernel tells a cell that nobody is there to type or turn, and that
// another cell waits for its end.
const (
	kernelDir = "CIRCUITBOOK_KERNEL_DIR"
	noReader  = "no-input"
	waitedFor = "waited-for"
)

func hasReader() bool { return gonbui.IsNotebook && !isThere(noReader) }

func isWaitedFor() bool { return isThere(waitedFor) }

func isThere(name string) bool {
	dir := os.Getenv(kernelDir)
	_, err := os.Stat(filepath.Join(dir, name))
	return dir != "" && err == nil
}
