package failure

import (
	"fmt"
	"regexp"
	"strings"
)

// A custom is what other languages write, and what Go has for it. In says $1,
// $2 stand for the groups of the line.
type custom struct {
	complaint *regexp.Regexp // of the compiler; nil for one about the form of the text
	line      *regexp.Regexp
	says      string
}

var customs = []custom{
	{regexp.MustCompile(`U\+0023`), regexp.MustCompile(`#`), "a comment begins with // in Go"},
	{regexp.MustCompile(`U\+003F`), regexp.MustCompile(`^\s*\?+\s*([\w.]+)|^\s*([\w.]+)\s*\?+\s*$`), "Shift+Tab behind $1$2 tells what it is; !go doc PACKAGE.NAME does of what a package has"},
	{regexp.MustCompile(`U\+003F`), nil, "Go has no ? and no ?: of this kind: if and else decide"},
	{regexp.MustCompile(`more than one character in rune literal|^illegal rune literal|^rune literal not terminated`), nil, "text stands between double quotes, as in \"text\", or between backquotes; ' ' holds one character"},
	{regexp.MustCompile(`^undefined: True$|^undefined: False$`), regexp.MustCompile(`\b(True|False)\b`), "it is written in small letters: true, false"},
	{regexp.MustCompile(`^undefined: (None|null|NULL|nullptr|undefined)$`), nil, "what holds nothing is nil in Go"},
	{regexp.MustCompile(`^undefined: (str|repr|format)$`), nil, "fmt.Sprint(...) makes text of anything, and fmt.Sprintf takes a format"},
	{regexp.MustCompile(`^undefined: (printf|puts|echo|console)$`), nil, "fmt.Println(...) prints, and fmt.Printf takes a format"},
	{regexp.MustCompile(`^undefined: (?:ls|pwd|cat|mkdir|rm|git|pip|python|cd|echo)$`), regexp.MustCompile(`^\s*((?:ls|pwd|cat|mkdir|rm|git|pip|python|cd|echo)\b[^()]*)$`), "a shell command begins with !, as in !$1"},
	{regexp.MustCompile(`^undefined: (?:try|throw|raise|catch)$`), nil, noExceptions},
	{regexp.MustCompile(`^undefined: float$`), nil, "the type is float64"},
	{regexp.MustCompile(`\.(?:append|push|push_back|add) undefined`), regexp.MustCompile(`([\w.]+)\.(?:append|push|push_back|add)\((.*)\)`), "append is a function, and what it returns is the longer list: $1 = append($1, $2)"},
	{regexp.MustCompile(`\.(?:len|length|size|Length|count|Len) undefined`), regexp.MustCompile(`([\w.]+)\.(?:len|length|size|Length|count|Len)\b`), "len is a function: len($1)"},
	{regexp.MustCompile(`\.(?:keys|values|items) undefined`), regexp.MustCompile(`([\w.]+)\.(?:keys|values|items)\b`), "for key, value := range $1 { ... } goes through a map; maps.Keys($1) and maps.Values($1) are the one or the other"},
	{regexp.MustCompile(`\.(?:join|split|strip|upper|lower|replace|format) undefined`), nil, "the functions for text are in the package strings, as in strings.ToUpper(text)"},
	{regexp.MustCompile(`could not determine what C\.|use of cgo in test|^undefined: C$|cgo`), nil, "cells know no C: put what needs import \"C\" into a package of a module beside the notebook, and import that"},
	{regexp.MustCompile(`relative import paths are not supported|^local import`), nil, "a package is imported by its module's name and its folder in it; " + ownModule},
	{regexp.MustCompile(`cannot infer \w+`), regexp.MustCompile(`^\s*(\w+)\s*$`), "a function with type parameters has a value only with its types, as in $1[int]"},
	{regexp.MustCompile(`^cannot use .* \(untyped int constant .*\) as int value.*\(overflows\)`), regexp.MustCompile(`^\s*([^=:{}]+?)\s*$`), "it is larger than an int: uint64($1) holds twice as much, and float64($1) more"},
	{regexp.MustCompile(`^use of untyped nil`), nil, "nil is of no type by itself, so that there is nothing to show"},

	{regexp.MustCompile(`^invalid argument: .* \(value of type func\(.*\) for built-in len`), regexp.MustCompile(`len\(([\w.]+)\)`), "$1 is a function: $1() calls it"},
	{regexp.MustCompile(`^invalid argument: .* for built-in len`), nil, "len takes a text, a list or a map"},
	{regexp.MustCompile(`^invalid operation: cannot call .* is not a function`), regexp.MustCompile(`(\.\w+)\(\)`), "$1 is a value, not a function: it stands without ()"},
	{regexp.MustCompile(`^invalid operation: cannot indirect`), regexp.MustCompile(`([\w.]+)\s*\*\*\s*([\w.]+)`), "a power is math.Pow($1, $2)"},
	{regexp.MustCompile(` as lab\.Option value in argument`), nil, "options are calls, as in Train(\"laptop\", Seed(1)); Shift+Tab behind Train( tells of them"},
	{regexp.MustCompile(` as lab\.FindOption value in argument`), nil, "options of a search are calls, as in m.Find(\"single_double_quote\", Budget(60), Target(0.1)); a seed is the model's: Train(\"laptop\", Seed(2)), or q.Seed(2)"},
	{regexp.MustCompile(`^expected type, found`), regexp.MustCompile(`\btype\(([\w.]+)\)`), "fmt.Printf(\"%T\", $1) prints a type"},

	{nil, regexp.MustCompile(`^\s*while\b\s*\(?([^{:]*?)\)?\s*(?:[:{].*)?$`), "Go has one kind of loop, for: for $1 { ... }"},
	{nil, counted, countedGo},
	{nil, regexp.MustCompile(`\[.*\bfor\b.*\bin\b.*\]`), "a list is made in a loop: for i := range 3 { list = append(list, i) }"},
	{nil, regexp.MustCompile(`\blambda\b`), aFunction},
	{nil, regexp.MustCompile(`[(,]\s*(\w+)\s*=[^=]`), "Go has no arguments by name; where a verb has options they are calls, as in Train(\"laptop\", Seed(1))"},
	{nil, regexp.MustCompile(`^\s*\[([^\]]*,[^\]]*)\]\s*$`), "a list is of a type, as in []int{$1}"},
	{nil, regexp.MustCompile(`^\s*for\s*\(?\s*(?:let |const |var )?(\w+)\s+(?:in|of)\s+(.*?)\s*\)?\s*[{:].*$`), "for i, $1 := range $2 { ... } goes through a list, a map or a text"},
	{nil, regexp.MustCompile(`^\s*(?:let|val|auto|mut|let mut|local|my)\s+[$]?(\w+)(?:\s*:[^=]*)?\s*=\s*(.*?);?\s*$`), "a new variable is made by :=, as in $1 := $2"},
	{nil, regexp.MustCompile(`^\s*(?:var|const)\s+(\w+)\s*:=\s*(.*)$`), "a new variable is made by := without var, as in $1 := $2"},
	{nil, regexp.MustCompile(`^\s*(?:int|long|float|double|char|bool|string|String|float64|int64)\s+(\w+)\s*=\s*(.*?);?\s*$`), "a new variable is made by :=, as in $1 := $2"},
	{nil, regexp.MustCompile(`^\s*(?:function|fn|def|fun|sub)\s+(\w+)\s*\(`), "a function begins with func, as in func $1(x int) int { ... }"},
	{nil, regexp.MustCompile(`^\s*((?:pip3?|conda)\s+install\s.*)$`), "cells are Go: a package of Go is fetched by !*go get PACKAGE@latest; a shell command begins with !, as in !$1"},
	{nil, regexp.MustCompile(`^\s*((?:npm|apt|apt-get|brew|go (?:run|build|get|mod|test|version|install|vet|doc|env)|git|python3?|ls|cat|curl|wget|mkdir|rm|cp|mv|pwd|cd|echo|make|docker|bash|sh)(?:\s+[-\w./~"'].*)?)$`), "a shell command begins with !, as in !$1"},
	{nil, regexp.MustCompile(`\s(?:and|or)\s|\bnot\s`), "and, or, not are written &&, || and ! in Go"},
	{nil, regexp.MustCompile(`^\s*(?:try\b|catch\b|except\b|raise\b|throw\b|finally\b)`), noExceptions},
	{nil, regexp.MustCompile(`(?:^|[\s(=,])[fr]"`), "fmt.Sprintf(\"%v and %v\", a, b) puts values into text"},
	{nil, regexp.MustCompile(`^\s*(\w+)\s*:?=\s*\[(.*)\]\s*$`), "a list is of a type, as in $1 := []int{$2}"},
	{nil, regexp.MustCompile(`^\s*(\w+)\s*:?=\s*\{(.*:.*)\}\s*$`), "a map is of a type, as in $1 := map[string]int{$2}"},
	{nil, regexp.MustCompile(`^\s*(?:if|for|else|elif|while)\b.*:\s*$`), "a block stands between { and }"},
	{nil, regexp.MustCompile(`^\s*(?:elif|elsif|elseif)\b`), "it is written else if in Go"},
	{nil, regexp.MustCompile(`^\s*(?:del|delete)\s+(\w+)`), "%rm $1 takes a declaration away; a variable of statements ends with its cell"},
	{nil, regexp.MustCompile(`\)\s*->|\w\s*=>|\)\s*=>`), aFunction},
}

// counted is a loop of Python that counts, and countedGo the same in Go.
var counted = regexp.MustCompile(`^\s*for\s*\(?\s*(\w+)\s+in\s+range\(\s*([^,()]+?)\s*\).*$`)

const (
	countedGo = "for $1 := range $2 { ... } counts"
	aFunction = "a function without a name is written func(x int) int { return x + 1 }"
)

// inPython are lines of Python, and the same in Go.
var inPython = []custom{
	{nil, counted, countedGo},
	{nil, regexp.MustCompile(`^\s*for\s+(\w+)\s+in\s+(.*?)\s*:`), "for _, $1 := range $2 { ... } goes through a list"},
	{nil, regexp.MustCompile(`^\s*(if|while)\s+(.*?)\s*:`), "a block stands between { and }: if $2 { ... }; for $2 { ... } repeats it"},
	{nil, regexp.MustCompile(`^\s*def\s+(\w+)`), "a function is written func $1(x int) int { return x + 1 }"},
	{nil, regexp.MustCompile(`^\s*(?:try|except)\b`), noExceptions},
	{nil, regexp.MustCompile(`^\s*(?:import|from)\b`), "verbs such as Train, and packages such as math and strings, are there without an import"},
}

// inGo is how a line of Python is written in Go, "" where that is not known.
func inGo(line string) string {
	for _, c := range inPython {
		if m := c.line.FindStringSubmatchIndex(line); m != nil {
			return string(c.line.ExpandString(nil, expandable.ReplaceAllString(c.says, "$${$1}"), line, m))
		}
	}
	return ""
}

const noExceptions = "Go has no exceptions: a function returns an error beside its value, as in v, err := f(); book.Check(err) ends the cell if there is one"

// habit says what Go has for what a line writes as another language does, ""
// if it does not.
func habit(complaint, line string) string {
	form := expected.MatchString(complaint)
	if form && python.MatchString(line) && !strings.HasSuffix(strings.TrimSpace(line), "{") {
		return "" // it is told as such
	}
	for _, c := range customs {
		if c.complaint == nil && !form || c.complaint != nil && !c.complaint.MatchString(complaint) {
			continue
		}
		if c.line == nil {
			return c.says
		}
		if m := c.line.FindStringSubmatchIndex(line); m != nil && (c.complaint != nil || c.line.MatchString(quoted.ReplaceAllString(line, `""`))) {
			return string(c.line.ExpandString(nil, expandable.ReplaceAllString(c.says, "$${$1}"), line, m))
		}
	}
	return ""
}

var (
	expandable = regexp.MustCompile(`\$(\d)`)
	quoted     = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|//.*$`) // what is no Go, or said in another language
)

// magicHabits are magics of other kernels, with what there is for them.
var magicHabits = map[string]string{
	"time": timed, "timeit": timed, "prun": timed,
	"pip": "cells are Go: !*go get PACKAGE@latest fetches a package", "conda": "cells are Go: !*go get PACKAGE@latest fetches a package",
	"matplotlib": "figures are shown without one", "load_ext": "there is nothing to load", "autoreload": "there is nothing to load",
	"who": "%list shows what cells declared", "whos": "%list shows what cells declared", "pwd": "!pwd does it", "run": "!go run FILE does it",
	"html": "gonbui.DisplayHTML(...) shows HTML", "markdown": "gonbui.DisplayMarkdown(...) shows Markdown", "latex": "gonbui.DisplayMarkdown(...) shows formulas between dollars",
}

const timed = "start := time.Now() before it, and time.Since(start) as the last line, tell how long it takes"

// printsRune is a line that prints a character.
var printsRune = regexp.MustCompile(`(?m)^\s*(?:print|println)\(('(?:[^'\\]|\\.)')\)\s*;?$`)

// prints is a line that prints by what Go has for those who make it.
var prints = regexp.MustCompile(`(?m)^\s*(print(?:ln)?)\((.*)\)\s*;?$`)

// Note is what a person should know of a cell that did well, "" for nothing.
func Note(source string) string {
	if m := printsRune.FindStringSubmatch(source); m != nil {
		text := `"` + strings.Trim(m[1], "'") + `"`
		return fmt.Sprintf("%s is a character, which is a number in Go: text stands between double quotes. fmt.Println(%s) prints it", m[1], text)
	}
	if m := prints.FindStringSubmatch(source); m != nil && quoted.ReplaceAllString(m[2], "") != "" && !strings.Contains(source, "func "+m[1]+"(") {
		return fmt.Sprintf("%s is for those who make Go: it writes addresses, and no space between values. fmt.Println(%s) prints them", m[1], m[2])
	}
	return ""
}
