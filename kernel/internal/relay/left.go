package relay

import "time"

// lingering is how often a running cell is looked at for something that it left
// behind.
const lingering = time.Second

// left is said of a cell that does not end although its program has.
const left = "what the cell ran has ended, but something that it left running has its output, and the cell waits for that: " +
	"interrupt the cell, or give it an output of its own, as in !command >out.txt 2>&1 &"

// watchEnd says so, once, if the cell waits for what its program left running.
func (r *Relay) watchEnd(e *execution) {
	tick := time.NewTicker(lingering)
	defer tick.Stop()
	for seen := 0; seen < 2; {
		select {
		case <-e.done:
			return
		case <-tick.C:
		}
		if seen++; !r.process.Left() {
			seen = 0
		}
	}
	r.post(func() {
		if r.current == e {
			r.note(e, left)
		}
	})
}

// note says something about the running cell, on a line of its own.
func (r *Relay) note(e *execution, text string) {
	show := append(e.out.release(), piece{"stderr", text + "\n"})
	if e.out.inLine {
		show[len(show)-1].text = "\n" + show[len(show)-1].text
	}
	e.out.inLine = false
	r.streams(e, show)
}
