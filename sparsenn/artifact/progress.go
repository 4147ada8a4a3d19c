package artifact

import "time"

// Options are what does not change the result of a call that takes long.
type Options struct {
	// Progress is called often, from the goroutine of the call, while something is made.
	// What is loaded is not reported step by step.
	Progress func(Progress)
	// Log receives a line for what takes long or is worth knowing.
	Log func(line string)
	// SaveEvery is the time between checkpoints of what can be resumed; default 30 s.
	SaveEvery time.Duration
}

// Progress is where a call stands.
type Progress struct {
	Stage string  `json:"stage"` // such as "training" or "seed 2: pruning"
	Done  float64 `json:"done"`  // of Of, in steps, seconds or whatever the stage counts
	Of    float64 `json:"of"`
	Note  string  `json:"note,omitempty"` // on the last step, such as its loss
}

// Share is Done by Of, from 0 to 1.
func (p Progress) Share() float64 {
	if !(p.Of > 0) {
		return 0
	}
	return min(1, max(0, p.Done/p.Of))
}

// Step tells whoever wants to know.
func (o Options) Step(stage string, done, of float64, note string) {
	if o.Progress != nil {
		o.Progress(Progress{stage, done, of, note})
	}
}

// Say logs a line if anybody reads it.
func (o Options) Say(line string) {
	if o.Log != nil {
		o.Log(line)
	}
}

// Part is o for a part of the work, from one share of the whole to another: its progress
// counts in shares of the whole, under the part's name if it has one.
func (o Options) Part(from, to float64, name string) Options {
	report := o.Progress
	if report == nil {
		return o
	}
	if name != "" {
		name += ": "
	}
	o.Progress = func(p Progress) {
		report(Progress{name + p.Stage, from + (to-from)*p.Share(), 1, p.Note})
	}
	return o
}
