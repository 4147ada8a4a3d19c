package task

// ElseElif is task 11 of the paper's table: else is followed by ":\n", elif is
// not. It has one answer; see [Any].
func ElseElif() Task {
	return Task{
		Name:     "else_elif",
		Contrast: "else or elif",
		Draw: func(d *Draw) Pair {
			context, indent := d.surroundings()
			block := d.condition() + ":\n" + indent + "    " + d.call("") + "\n"
			line := indent + "if " + block + indent
			return Pair{
				Context: context,
				Prompt:  line + "else", Counter: line + "elif",
				Target:  ":\n",
				Filling: block,
			}
		},
	}
}

// IfTernary is task 13 of the paper's table: a condition ends by ":\n" in a
// statement, and by " else" in an expression.
func IfTernary() Task {
	return Task{
		Name:     "if_ternary",
		Contrast: "an if statement or a ternary expression",
		Draw: func(d *Draw) Pair {
			context, indent := d.surroundings()
			condition := d.condition()
			return Pair{
				Context: context,
				Prompt:  indent + "if " + condition,
				Counter: indent + d.Pick(variables...) + " = " + d.Pick(append(split("0 1 2 3 4 5"), variables...)...) + " if " + condition,
				Target:  ":\n", Alt: " else",
				Filling: condition,
			}
		},
	}
}

// IfEquals is task 17 of the paper's table: a name is compared after if and
// assigned to at the beginning of a line; the answers are " ==" and " =".
func IfEquals() Task {
	return Task{
		Name:     "if_equals",
		Contrast: "a condition or an assignment",
		Draw: func(d *Draw) Pair {
			context, indent := d.surroundings()
			name := d.name()
			return Pair{
				Context: context,
				Prompt:  indent + "if " + name, Counter: indent + name,
				Target: " ==", Alt: " =",
				Filling: name,
			}
		},
	}
}

// VarIf is task 19 of the paper's table: True ends a condition, by ":\n", or an
// assignment, by "\n".
func VarIf() Task {
	return Task{
		Name:     "var_if",
		Contrast: "a comparison with True or an assignment of it",
		Draw: func(d *Draw) Pair {
			context, indent := d.surroundings()
			name := d.name()
			return Pair{
				Context: context,
				Prompt:  indent + "if " + name + " == True", Counter: indent + name + " = True",
				Target: ":\n", Alt: "\n",
				Filling: name,
			}
		},
	}
}

// WhileReturnTrue is task 20 of the paper's table: while True is followed by
// ":\n", return True by "\n". The paper's table says "indentation" for the second
// answer, its text a newline. The filling is the line before.
func WhileReturnTrue() Task {
	return Task{
		Name:     "while_return_true",
		Contrast: "while or return",
		Draw: func(d *Draw) Pair {
			context := append(d.before(), "\ndef "+d.call("")+":\n") // a return stands in a function
			indent := "    "
			if d.Chance(30) {
				context = append(context, "    if "+d.condition()+":\n")
				indent = "        "
			}
			before := d.call(d.name())
			if d.Chance(50) {
				before = d.name() + " = " + before
			}
			line := indent + before + "\n" + indent
			return Pair{
				Context: context,
				Prompt:  line + "while True", Counter: line + "return True",
				Target: ":\n", Alt: "\n",
				Filling: before,
			}
		},
	}
}
