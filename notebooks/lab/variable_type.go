package lab

import (
	"circuitbook/notebooks/lab/cell"
	"circuitbook/viz"
	"html"
)

// A VariableType is the study of notebook 04: how a model knows, where a variable grows,
// whether it was made as a set or as a string (Gao et al., Fig 6). Every method makes or loads
// what it needs, and returns what it shows and states.
type VariableType struct {
	Scale  string
	Seed   int
	Budget int // seconds of search for each circuit
}

// typesStudy is a study with what it shows and states.
type typesStudy struct {
	VariableType
	res *cell.Result
}

// say shows a line of text.
func (ts typesStudy) say(text string) {
	ts.res.Show(viz.Bundle{Text: text, HTML: "<pre>" + html.EscapeString(text) + "</pre>"})
}

func (x VariableType) study() typesStudy { return typesStudy{x, &cell.Result{}} }

// Trained is the model of the study: that of the scale, but for "laptop", where it reads more windows a step.
func (x VariableType) Trained() cell.Result { return x.study().trainedStudy() }

// Task is a pair of prompts with its places, how the models do, and how much of the split could be remembered.
func (x VariableType) Task() cell.Result { return x.study().taskStudy() }

// Search finds the circuit, and shows the log of the search.
func (x VariableType) Search() cell.Result { return x.study().searchStudy() }

// Proof draws the circuit, with its losses beside those of random circuits and of attribution.
func (x VariableType) Proof() cell.Result { return x.study().proofStudy() }

// Controls is the same search where there is nothing to find.
func (x VariableType) Controls() cell.Result { return x.study().controlsStudy() }

// Seeds compares the circuits of several training seeds.
func (x VariableType) Seeds() cell.Result { return x.study().seedsStudy() }

// Where exchanges the residual stream between the sides of pairs, place by place and boundary by boundary.
func (x VariableType) Where() cell.Result { return x.study().whereStudy() }

// Nodes is the way through the circuit that counts most, and what every node is where it matters.
func (x VariableType) Nodes() cell.Result { return x.study().nodesStudy() }

// Exchange exchanges value, key and carrier, place by place.
func (x VariableType) Exchange() cell.Result { return x.study().exchangeStudy() }

// Heads says what every head looks at, carries, and is needed for.
func (x VariableType) Heads() cell.Result { return x.study().headsStudy() }

// Channels holds and exchanges the channels that the head reads.
func (x VariableType) Channels() cell.Result { return x.study().channelsStudy() }

// Edits renames the variable, and makes a second one.
func (x VariableType) Edits() cell.Result { return x.study().editsStudy() }

// Marks exchanges what attention brought to the kinds of two variables in one prompt.
func (x VariableType) Marks() cell.Result { return x.study().marksStudy() }

// OtherNames measures the circuit where the name varies.
func (x VariableType) OtherNames() cell.Result { return x.study().otherNamesStudy() }

// Text is the carrier over validation text, and its channel at both ends of the model.
func (x VariableType) Text() cell.Result { return x.study().textStudy() }
