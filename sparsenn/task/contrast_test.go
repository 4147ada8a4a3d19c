package task

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/corpus"
)

// contrasts says what the ends of the two sides look like. Groups of the same
// number hold the same text; what stands before is the same on both sides.
// Answers may refer to groups.
var contrasts = map[string]struct{ prompt, counter, target, alt string }{
	"single_double_quote": {`\("([\w ]+)`, `\('([\w ]+)`, `")`, `')`},
	"final_kwarg": {`def (\w+\((?:self, )?\w+)=None, (?:(\w+)=None, )?(\w+)`,
		`def (\w+\((?:self, )?\w+), (?:(\w+), )?(\w+)`, "=None", "):\n"},
	"set_or_string":              {`(\w+s) = set\(\)\n([^"]*\n +|\w+\(\w+\)\n)(\w+s)`, `(\w+s) = ""\n([^"]*\n +|\w+\(\w+\)\n)(\w+s)`, ".add", " +="},
	"set_or_string_fixedvarname": {`current = set\(\)\n([^"]*\n *)current`, `current = ""\n([^"]*\n *)current`, ".add", " +="},
	"class_init": {`__init__\((self, [\w, ]+)\):\n        self\.(\w+ = \w+)\n        self\.(?:\w+) =`,
		`__init__\((self, [\w, ]+)\):\n        self\.(\w+ = \w+)\n        self\.(?:\w+) =`, "", ""},
	"with_as":          {`with open\("(\w+\.\w+"(?:, "[rw]")?)\)`, `\w+ = open\("(\w+\.\w+"(?:, "[rw]")?)\)`, " as", "\n"},
	"bracket_brace":    {` = \{(\w+)`, ` = \[(\w+)`, ":", ","},
	"with_open":        {`open\("(?:input|source|config|raw|words|users)(_\w+\.\w+)", "`, `open\("(?:output|result|report|summary|backup|export)(_\w+\.\w+)", "`, "r", "w"},
	"bracket_counting": {` = \[\[([\d, ]+)`, ` = \[([\d, ]+)`, "]]\n", "]\n"},
	"for_while":        {`for (\w+)`, `while (\w+)`, " in", ":\n"},
	"else_elif":        {`( *)if ([^:\n]+:\n +\w+\(\w+\)\n *)else`, `( *)if ([^:\n]+:\n +\w+\(\w+\)\n *)elif`, ":\n", ""},
	"fstring_brace":    {`\(f"([\w ]+)`, `\("([\w ]+)`, " {", `")`},
	"if_ternary":       {`if ([^:\n]+)`, `\w+ = \w+ if ([^:\n]+)`, ":\n", " else"},
	"var_swap":         {`(?:\w+), (\w+) = (\w+),`, `(?:\w+), (\w+) = (\w+),`, "", ""},
	"indent_for": {`def (\w+\(\w+\):\n    \w+\(\w+\)\n)    (for \w+ in \w+:\n)`,
		`def (\w+\(\w+\):\n    \w+\(\w+\)\n)(for \w+ in \w+:\n)`, "       ", "   "},
	"lambda_func":       {`\w+ = lambda (\w+)`, `def (\w+)`, ":", "("},
	"if_equals":         {`if (\w+)`, `(\w+)`, " ==", " ="},
	"enumerate_range":   {`for (\w+) in`, `for (\w+), \w+ in`, " range", " enumerate"},
	"var_if":            {`if (\w+) == True`, `(\w+) = True`, ":\n", "\n"},
	"while_return_true": {`((?:\w+ = )?\w+\(\w+\)\n +)while True`, `((?:\w+ = )?\w+\(\w+\)\n +)return True`, ":\n", "\n"},
}

// The two sides of every task differ in what decides and in nothing else.
func TestContrasts(t *testing.T) {
	for _, task := range All() {
		c, ok := contrasts[task.Name]
		if !ok {
			t.Errorf("%s: nothing is said about its contrast", task.Name)
		}
		one := regexp.MustCompile(`(?:^|\n)( *(?:\w+ = )?[\w .]*?)` + c.prompt + `$`)
		two := regexp.MustCompile(`(?:^|\n)( *(?:\w+ = )?[\w .]*?)` + c.counter + `$`)
		for _, v := range corpus.Vocabs {
			tok := tokenizer(t, v)
			for _, list := range all(t, task, tok, Options{N: 60}) {
				for _, e := range list {
					prompt, counter := tok.Decode(e.Prompt), tok.Decode(e.Counter)
					a, b := one.FindStringSubmatch(prompt), two.FindStringSubmatch(counter)
					if a == nil || b == nil || !slices.Equal(a[1:], b[1:]) {
						t.Fatalf("%s: %q and %q", task.Name, prompt, counter)
					}
					if x, y := strings.TrimSuffix(prompt, a[0]), strings.TrimSuffix(counter, b[0]); x != y {
						t.Fatalf("%s: the contexts differ: %q and %q", task.Name, x, y)
					}
					if c.target != "" && tok.Decode([]int32{e.Target}) != c.target {
						t.Fatalf("%s: target %q", task.Name, tok.Decode([]int32{e.Target}))
					}
					if c.alt != "" && tok.Decode([]int32{e.Alt}) != c.alt || c.target != "" && c.alt == "" && e.Alt != Any {
						t.Fatalf("%s: other answer %d", task.Name, e.Alt)
					}
					for _, word := range strings.Fields(e.Filling) {
						if !strings.Contains(prompt+counter, word) {
							t.Fatalf("%s: the filling %q is not in %q", task.Name, e.Filling, prompt)
						}
					}
				}
			}
		}
	}
}

// Where names are copied, the answer is the name that stands where the task says.
func TestCopies(t *testing.T) {
	tok := tokenizer(t, 512)
	for _, c := range []struct {
		task    Task
		pattern string
	}{
		{ClassInit(), `__init__\(self, (?:\w+, )*NAME[,)].*\n.*\n +self\.NAME =$`},
		{VarSwap(), `(?:^|\n) *NAME, (?:\w+) = (?:\w+),$`},
	} {
		for _, list := range all(t, c.task, tok, Options{N: 100}) {
			for _, e := range list {
				for side, ids := range [][]int32{e.Prompt, e.Counter} {
					answer := tok.Decode([]int32{[]int32{e.Target, e.Alt}[side]})
					name, ok := strings.CutPrefix(answer, " ")
					if text := tok.Decode(ids); !ok || !regexp.MustCompile(strings.ReplaceAll(c.pattern, "NAME", name)).MatchString(text) {
						t.Fatalf("%s: %q is not the answer to %q", c.task.Name, answer, text)
					}
				}
			}
		}
	}
}

// What grows is what was started; only where the task says so its name is fixed.
func TestGrowingNameIsTheOneThatStarted(t *testing.T) {
	tok := tokenizer(t, 1024)
	for _, task := range []Task{SetOrString(), SetOrStringFixedVarname()} {
		started := regexp.MustCompile(`(?:^|\n) *(\w+) = (?:set\(\)|"")\n(?s:.*?)(\w+)$`)
		names := map[string]bool{}
		for _, list := range all(t, task, tok, Options{N: 100}) {
			for _, e := range list {
				m := started.FindStringSubmatch(tok.Decode(e.Prompt))
				if m == nil || m[1] != m[2] {
					t.Fatalf("%s: %q", task.Name, tok.Decode(e.Prompt))
				}
				names[m[1]] = true
			}
		}
		if fixed := task.Name == "set_or_string_fixedvarname"; fixed != (len(names) == 1) {
			t.Errorf("%s has %d names", task.Name, len(names))
		}
	}
}
