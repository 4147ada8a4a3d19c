package task

import (
	"fmt"
	"strings"
)

// All returns the built-in tasks in the order of the paper's table.
func All() []Task {
	return []Task{
		SingleDoubleQuote(), FinalKwarg(), SetOrString(), SetOrStringFixedVarname(), ClassInit(),
		WithAs(), BracketBrace(), WithOpen(), BracketCounting(), ForWhile(),
		ElseElif(), FstringBrace(), IfTernary(), VarSwap(), IndentFor(),
		LambdaFunc(), IfEquals(), EnumerateRange(), VarIf(), WhileReturnTrue(),
	}
}

// ByName returns the built-in task of that name.
func ByName(name string) (Task, error) {
	var names, alike []string
	for _, t := range All() {
		if t.Name == name {
			return t, nil
		}
		names = append(names, t.Name)
		if len(name) > 3 && (strings.Contains(t.Name, name) || strings.Contains(name, t.Name)) {
			alike = append(alike, t.Name)
		}
	}
	if len(alike) > 0 {
		return Task{}, fmt.Errorf("task: there is no task %q; is %s meant? All: %s", name, strings.Join(alike, " or "), strings.Join(names, ", "))
	}
	return Task{}, fmt.Errorf("task: there is no task %q; there are %s", name, strings.Join(names, ", "))
}
