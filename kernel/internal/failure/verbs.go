package failure

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// noField is what the compiler says of a field or method that a type does not have.
var noField = regexp.MustCompile(`^([\w.]+)\.(\w+) undefined \(type (\S+) has no field or method \w+\)$|^.*\.(\w+) undefined \(type (\S+) has no field or method \w+\)$`)

// handles are the types whose methods are the verbs of cells, with how one is made.
var handles = []struct{ typ, name, made string }{
	{"*lab.Model", "m", `m := Train("laptop")`},
	{"*lab.Circuit", "q", `q := m.Find("single_double_quote")`},
	{"*lab.Pair", "b", "b := Bridge(m, m.Twin())"},
}

// A wish is what a person may ask of a handle by another name, in small letters.
type wish struct {
	typ   string // of the handle; "" for each
	names string // between spaces
	says  string // $x stands for the handle
}

var wishes = []wish{
	{"*lab.Model", "top predict predictions forward logits probs probabilities topk nexttoken nexttokens", `$x.Next("x = ") shows the most probable next tokens`},
	{"*lab.Model", "sample complete continue write", `$x.Generate("x = ") writes on`},
	{"*lab.Model", "steer", `b := Bridge($x, $x.Twin()), then b.Steer(q, 2).On("print('hello") steers by a circuit q`},
	{"*lab.Model", "node neuron neurons activations topcontexts", `$x.Contexts("0.mlp.post_act[3]") shows where a neuron is active; q.Node(...) looks at a node of a circuit q`},
	{"*lab.Model", "heads attn attentions", `$x.Attention("print('hello") shows every head, $x.Head(1, 6, "print('hello") one`},
	{"*lab.Model", "shape parameters params numel nparams named_parameters", `$x.Size() is the number of weights, $x.L0() of those that are not zero; $x.Weights("1.attn.q") draws a matrix`},
	{"*lab.Model", "circuit circuits prune", `$x.Find("single_double_quote") finds the circuit of a task`},
	{"*lab.Model", "save dump", `$x.Export("exported") writes the model for other tools; it is kept here without that`},
	{"*lab.Model", "train fit eval cuda cpu to", `Train("laptop") makes a model whole, or loads it: there is nothing else to do with it before it is used`},
	{"*lab.Circuit", "compare difference", "q.Diff(other) compares two circuits"},
	{"*lab.Circuit", "attention heads head attn", `q.LooksBack() shows where its heads look; $x.Model().Attention("print('hello") shows every head`},
	{"*lab.Circuit", "remove ablate drop knockout", `$x.Without("1.attn.v[106]").Loss() measures it without a node`},
	{"*lab.Circuit", "patch exchange interchange", `$x.Swap("1.attn.v[106]") exchanges a node between the two prompts of every pair`},
	{"*lab.Circuit", "contexts topcontexts", `$x.Node("1.attn.v[106]") shows where a node is active, and $x.Model().Contexts(...) any neuron`},
	{"*lab.Circuit", "export write savepicture savefig dump to_json to_csv", `$x.Save("circuit.svg") writes what its ending says: .svg, .html, .txt, .json, .csv, .neuronpedia.json`},
	{"*lab.Circuit", "steer", "b := Bridge(m, m.Twin()), then b.Steer($x, 2).On(\"print('hello\")"},
	{"", "show draw plot display print render", "a value shows itself as a cell's last line, and anywhere by Show($x)"},
}

// loose are functions that a person may look for.
var loose = []wish{
	{"", "compare diff", "q.Diff(other) compares two circuits"},
	{"", "steer", `b := Bridge(m, m.Twin()), then b.Steer(q, 2).On("print('hello") steers by a circuit q`},
	{"", "load loadmodel load_model model open", `Train("laptop") makes, resumes or loads a model`},
	{"", "export", `m.Export("exported") writes a model, q.Save("circuit.json") a circuit`},
	{"", "display", "a value shows itself as a cell's last line, and anywhere by Show(value)"},
	{"", "help dir vars", "Shift+Tab behind a name tells what it is, Tab behind its point what it has"},
	{"", "plt matplotlib sns", "Plot(list) draws numbers"},
	{"", "pd dataframe", `t := Table("seed", "loss"), t.Add(1, 0.5) a row, t as the last line shows it`},
	{"", "np torch", "cells are Go: the package math has functions of numbers, slices those of lists"},
}

// granted is what there is for a wish, "" for nothing.
func granted(list []wish, typ, name, value string) string {
	for _, w := range list {
		if (w.typ == "" || w.typ == typ) && slices.Contains(strings.Fields(w.names), strings.ToLower(name)) {
			return strings.ReplaceAll(w.says, "$x", value)
		}
	}
	return ""
}

// hidden are methods that are not for people.
var hidden = []string{"Bundle", "Claims", "MarshalText", "UnmarshalText", "String"}

// methods are what a value of a type has, as the guide knows it.
func (j diagnosis) methods(typ string) (list []string) {
	if j.Guide == nil {
		return nil
	}
	for _, m := range j.Guide.Methods(typ) {
		if !slices.Contains(hidden, m) {
			list = append(list, m)
		}
	}
	return list
}

// noMethod says what may have been meant by a field or method that is not there.
func (j diagnosis) noMethod(value, name, typ string) string {
	if !strings.Contains(typ, "lab.") {
		return meant(prefixed(value, near(name, j.methods(typ))))
	}
	if value == "" {
		value = "x"
		for _, h := range handles {
			if h.typ == typ {
				value = h.name
			}
		}
	}
	if says := granted(wishes, typ, name, value); says != "" {
		return says
	}
	all := j.methods(typ)
	if list := near(name, all); len(list) > 0 {
		return meant(prefixed(value, list))
	}
	if len(all) == 0 {
		return ""
	}
	return value + " has " + strings.Join(all, ", ")
}

func prefixed(value string, names []string) []string {
	if value == "" {
		return names
	}
	var list []string
	for _, n := range names {
		list = append(list, value+"."+n)
	}
	return list
}

// verb says of which handle a name is a method, or what there is in place of it.
func (j diagnosis) verb(name string) string {
	for _, h := range handles {
		if slices.Contains(j.methods(h.typ), name) {
			return fmt.Sprintf("%s is asked of a value: %s.%[1]s(...), after %[3]s", name, h.name, h.made)
		}
	}
	return granted(loose, "", name, "")
}

// unquoted is a name that stands as an argument by itself.
func unquoted(name, line string) bool {
	return name == strings.ToLower(name) && regexp.MustCompile(`[(,]\s*`+name+`\s*[,)]`).MatchString(line)
}
