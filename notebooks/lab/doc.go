// Package lab is what a notebook cell says: verbs over the engine, and handles that
// show themselves. The kernel knows its names, so that a cell needs no import, and a
// variable of a cell may have a verb's name:
//
//	m := Train("laptop")                       // makes, resumes or loads a model
//	m.Next("values = [[1, 2")                  // the most probable next tokens
//	q := m.Find("single_double_quote")         // a circuit, measured and drawn
//	q.Without("1.attn.resid_delta[9]").Loss()  // the circuit without a node
//	q.Swap("1.attn.resid_delta[9]")            // how many answers a node turns
//	d := m.Twin(); b := Bridge(m, d)
//	b.Steer(q, 1).On("print('hello")
//
// A verb shows progress where it takes long, ends within a second of an interrupt, and
// ends the cell with one line where something is wrong. It returns a value that is
// shown where it is a cell's last expression, or by [Show], and whose numbers [Claim]
// states in the notebook's results. What else the engine's packages can do takes the
// engine's own values: [Model.Run], [Circuit.Finding] and the fields of the others.
//
// # Handles
//
// A [Model], a [Circuit] and a [Pair] are kept from cell to cell as the config that
// names their artifact, a few hundred bytes, and opened again where they are used. They
// have to be finished then: what was removed since is made by running its cell again.
//
// # What is where
//
// [Train] and the methods of [Model] look at a model and its text; [Model.Find] finds
// the circuit of a task, which may be a name of [Tasks], a JSONL file or a task.Task.
// The methods of [Circuit] cut it, exchange its nodes, look at one of them ([Circuit.Node])
// and repeat the search ([Circuit.Seeds], [Circuit.Nulls], [Circuit.Twin], [Circuit.Variants]).
// [Bridge] ties two models together, and [Pair.Steer] turns the dense one.
//
// Studies are packages beside this one, whose names a cell may use as they are: brackets
// reads the main path of a circuit and tests what is said of it, dilution asks at which length of
// prompts models stop doing a task, variabletype follows a type, sizes compares circuits of many
// models, turning measures what steering does and costs. Package cell is what all of them are
// made with.
package lab
