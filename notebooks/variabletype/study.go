package variabletype

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/viz"
	"html"
)

// A Study asks how a model knows, where a variable grows,
// whether it was made as a set or as a string (Gao et al., Fig 6). Every method makes or loads
// what it needs, and returns what it shows and states.
type Study struct {
	Scale  string
	Seed   int
	Budget int // seconds of search for each circuit
}

// study is a Study with what it shows and states.
type study struct {
	Study
	res *cell.Result
}

// say shows a line of text.
func (ts study) say(text string) {
	ts.res.Show(viz.Bundle{Text: text, HTML: "<pre>" + html.EscapeString(text) + "</pre>"})
}

func (x Study) begin() study { return study{x, &cell.Result{}} }

// Trained is the model of the study: that of the scale, but for "laptop", where it reads more windows a step.
func (x Study) Trained() cell.Result { return x.begin().trainedStudy() }

// Task is a pair of prompts with its places, how the models do, and how much of the split could be remembered.
func (x Study) Task() cell.Result { return x.begin().taskStudy() }

// Search finds the circuit, and shows the log of the search.
func (x Study) Search() cell.Result { return x.begin().searchStudy() }

// Proof draws the circuit, with its losses beside those of random circuits and of attribution.
func (x Study) Proof() cell.Result { return x.begin().proofStudy() }

// Controls is the same search where there is nothing to find.
func (x Study) Controls() cell.Result { return x.begin().controlsStudy() }

// Seeds compares the circuits of several training seeds.
func (x Study) Seeds() cell.Result { return x.begin().seedsStudy() }

// Where exchanges the residual stream between the sides of pairs, place by place and boundary by boundary.
func (x Study) Where() cell.Result { return x.begin().whereStudy() }

// Nodes is the way through the circuit that counts most, and what every node is where it matters.
func (x Study) Nodes() cell.Result { return x.begin().nodesStudy() }

// Exchange exchanges value, key and carrier, place by place.
func (x Study) Exchange() cell.Result { return x.begin().exchangeStudy() }

// Heads says what every head looks at, carries, and is needed for.
func (x Study) Heads() cell.Result { return x.begin().headsStudy() }

// Channels holds and exchanges the channels that the head reads.
func (x Study) Channels() cell.Result { return x.begin().channelsStudy() }

// Edits renames the variable, and makes a second one.
func (x Study) Edits() cell.Result { return x.begin().editsStudy() }

// Marks exchanges what attention brought to the kinds of two variables in one prompt.
func (x Study) Marks() cell.Result { return x.begin().marksStudy() }

// OtherNames measures the circuit where the name varies.
func (x Study) OtherNames() cell.Result { return x.begin().otherNamesStudy() }

// Text is the carrier over validation text, and its channel at both ends of the model.
func (x Study) Text() cell.Result { return x.begin().textStudy() }
