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
	var names []string
	for _, t := range All() {
		if t.Name == name {
			return t, nil
		}
		names = append(names, t.Name)
	}
	return Task{}, fmt.Errorf("task: there is no task %q; there are %s", name, strings.Join(names, ", "))
}
