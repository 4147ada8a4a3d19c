package task

import "circuitbook/sparsenn/corpus"

// Reported holds the examples of the report split, of which numbers may be
// printed. It measures and hands nothing out but by [Reported.ForMeasuring]. A
// test keeps the packages that select anything from naming it.
type Reported struct{ examples []Example }

// Report returns the examples of which numbers may be printed.
func (t Task) Report(tok *corpus.Tokenizer, o Options) (Reported, error) {
	list, err := t.examples(tok, o, reporting)
	return Reported{list}, err
}

// Len is the number of examples.
func (r Reported) Len() int { return len(r.examples) }

// Measure scores a model on the report split.
func (r Reported) Measure(m Predictor) (Score, error) { return Measure(m, r.examples) }

// ForMeasuring opens the report split for measurements that [Reported.Measure]
// does not make, such as an interchange. Nothing may be chosen by what they
// give: no size, no setting, no node.
func (r Reported) ForMeasuring() []Example { return r.examples }
