package relay

import (
	"context"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"circuitbook/kernel/internal/cell"
	"circuitbook/kernel/internal/shim"
	"circuitbook/kernel/internal/typing"
)

// A question is about a place in a cell.
type question struct {
	code    string
	cursor  int      // in characters
	names   []string // that earlier cells declared
	sources []string // of earlier cells
	helper  Helper   // may be nil
}

// before splits what stands before the cursor: the word that ends there, and,
// if a point is before that, the word before the point.
func (q question) before() (pkg, word string) {
	text := []rune(q.code)[:q.cursor]
	back := func(end int) int {
		for end > 0 && isWord(text[end-1]) {
			end--
		}
		return end
	}
	at := back(len(text))
	word = string(text[at:])
	if at > 0 && text[at-1] == '.' {
		pkg = string(text[back(at-1) : at-1])
	}
	return pkg, word
}

// around is like before, but the word may go on after the cursor. Where the cursor stands
// on no word, or in a text, it is the function that is called there. end is where it ends.
func (q question) around() (pkg, word string, end int) {
	text := []rune(q.code)
	open, quote := q.within()
	onWord := q.cursor > 0 && isWord(text[q.cursor-1]) || q.cursor < len(text) && isWord(text[q.cursor])
	if open > 0 && (quote || !onWord || q.cursor == open+1) {
		q.cursor = open
	}
	for q.cursor < len(text) && isWord(text[q.cursor]) {
		q.cursor++
	}
	pkg, word = q.before()
	return pkg, word, q.cursor
}

// within is the place of the innermost bracket of a call that is open at the cursor, -1
// where there is none, and whether the cursor stands in a text.
func (q question) within() (open int, quote bool) {
	text := []rune(q.code)[:q.cursor]
	var stack []int
	var in rune // the quote that is open
	for i := 0; i < len(text); i++ {
		switch r := text[i]; {
		case in != 0 && r == '\\' && in != '`':
			i++
		case in != 0:
			if r == in || r == '\n' && in != '`' {
				in = 0
			}
		case r == '"' || r == '`' || r == '\'':
			in = r
		case r == '/' && i+1 < len(text) && text[i+1] == '/':
			for i+1 < len(text) && text[i+1] != '\n' {
				i++
			}
		case r == '(' || r == '[' || r == '{':
			stack = append(stack, i)
		case (r == ')' || r == ']' || r == '}') && len(stack) > 0:
			stack = stack[:len(stack)-1]
		}
	}
	for _, at := range slices.Backward(stack) {
		if text[at] == '(' && at > 0 && isWord(text[at-1]) {
			return at, in != 0
		}
	}
	return -1, in != 0
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// limits are how long something is waited for.
type limits struct {
	start  time.Duration // by a question about code that comes while the kernel starts, for somebody to ask
	types  time.Duration // by a completion, for what the type checker knows; without it names answer, and the next question finds more
	answer time.Duration // by any answer about code
	end    time.Duration // by an interrupt, for the cell to end
}

// usual are the limits of a person who waits.
var usual = limits{start: 20 * time.Second, types: 350 * time.Millisecond, answer: 5 * time.Second, end: 3 * time.Second}

// within calls f with a context that outlives the answer, and returns what it
// returns, or the zero value when it takes too long.
func within[T any](ctx context.Context, limit time.Duration, f func(context.Context) T) (answer T) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	done := make(chan T, 1)
	go func() {
		defer cancel()
		done <- f(ctx)
	}()
	select {
	case answer = <-done:
	case <-time.After(limit):
	}
	return answer
}

// place is where the question is about, for the type checker, before the last
// characters.
func (q question) place(less int) typing.Place {
	return typing.Place{Earlier: q.sources, Before: string([]rune(q.code)[:q.cursor-less])}
}

// complete answers by types after a point and in a literal, as far as they are
// known in time, else from names: members of packages; names of this and of
// earlier cells, packages, and the language's words.
func (r *Relay) complete(ctx context.Context, q question) any {
	pkg, word := q.before()
	found := map[string]bool{}
	add := func(names ...string) {
		for _, n := range names {
			if strings.HasPrefix(n, word) && n != word {
				found[n] = true
			}
		}
	}
	text := string([]rune(q.code)[:q.cursor])
	line := text[strings.LastIndexByte(text, '\n')+1:]
	_, quote := q.within()
	switch {
	case quote && !strings.HasPrefix(line, "!") && !strings.HasPrefix(line, "%"):
		// In a text no name is meant.
	case strings.HasPrefix(line, "!") || cell.IsForeign(q.code) && strings.Contains(text, "\n"):
		// It is not Go.
	case strings.HasPrefix(line, "%"):
		add(magics...)
	case pkg != "":
		if q.helper != nil {
			add(q.helper.Members(pkg)...)
		}
	default:
		add(q.names...)
		own, _ := cell.Names(q.code)
		add(own...)
		add(slices.Collect(maps.Keys(cell.Prepare(q.code, nil).Locals))...)
		if q.helper != nil {
			add(q.helper.Packages()...)
			add(q.helper.Verbs()...)
		}
		add(types.Universe.Names()...)
		for t := token.BREAK; t <= token.VAR; t++ {
			add(t.String())
		}
	}
	begin := q.cursor - len([]rune(word))
	var typed []typing.Member
	if q.helper != nil && !quote && mayHaveTypes(line, q.code) {
		typed = within(ctx, r.limits.types, func(ctx context.Context) []typing.Member {
			return q.helper.Following(ctx, q.place(len([]rune(word))))
		})
	}
	kinds := []any{}
	if len(typed) > 0 && pkg != "" {
		clear(found) // they are what there is, not what bears a package's name
	}
	for _, m := range typed {
		add(m.Name)
		if found[m.Name] {
			kinds = append(kinds, map[string]any{"text": m.Name, "type": m.Kind, "signature": m.Type, "start": begin, "end": q.cursor})
		}
	}
	list := slices.Sorted(maps.Keys(found))
	if list == nil {
		list = []string{}
	}
	metadata := map[string]any{}
	if len(kinds) > 0 && len(kinds) == len(list) {
		metadata["_jupyter_types_experimental"] = kinds // as IPython tells it
	}
	return map[string]any{
		"status": "ok", "matches": list, "metadata": metadata,
		"cursor_start": begin, "cursor_end": q.cursor,
	}
}

// mayHaveTypes reports whether a line can be one of which the type checker
// knows something.
func mayHaveTypes(line, code string) bool {
	return !strings.HasPrefix(line, "!") && !strings.HasPrefix(line, "%") && !cell.IsForeign(code) && strings.ContainsAny(code, ".{")
}

// magics are the words that may follow a % at the beginning of a line.
var magics = []string{"args", "autoget", "bash", "capture", "cd", "env", "exec", "forget", "goflags", "goworkfix", "gx", "help", "list", "ls", "main",
	"noautoget", "remove", "reset", "rm", "script", "sh", "test", "track", "untrack", "values", "version", "wasm", "widgets", "with_inputs", "with_password", "writefile"}

// inspect says what a name is: the text of its declaration in a cell, or the
// documentation of a package's member.
func (r *Relay) inspect(ctx context.Context, q question) any {
	pkg, word, end := q.around()
	text := ""
	var object typing.Object
	if q.helper != nil && word != "" && !cell.IsForeign(q.code) {
		object = within(ctx, r.limits.answer/2, func(ctx context.Context) typing.Object {
			q.cursor = end
			o, _ := q.helper.Describe(ctx, q.place(0))
			return o
		})
	}
	if object.Package != "" {
		text = q.helper.DocAt(ctx, object.Package, object.Name)
	}
	if pkg == "" && object.Package == "" {
		for _, source := range slices.Backward(append(slices.Clone(q.sources), q.code)) {
			if text = cell.Declaration(source, word); text != "" {
				break
			}
		}
	}
	if pkg == "" && text == "" && q.helper != nil && slices.Contains(q.helper.Verbs(), word) {
		text = q.helper.DocAt(ctx, shim.VerbsPath, word)
		object = typing.Object{}
	}
	if object.Package == "" && object.Text != "" && (text == "" || strings.HasPrefix(object.Text, "var ")) {
		text = strings.TrimSpace(object.Text + "\n\n" + text)
	}
	if text == "" {
		text = object.Text
	}
	if text == "" && q.helper != nil && (word != "" || pkg != "") {
		if pkg == "" {
			pkg, word = word, ""
		}
		text = q.helper.Doc(ctx, pkg, word)
	}
	data := map[string]any{}
	if text != "" {
		data["text/plain"] = text
		data["text/markdown"] = "```go\n" + strings.TrimRight(text, "\n") + "\n```\n"
	}
	return map[string]any{"status": "ok", "found": text != "", "data": data, "metadata": map[string]any{}}
}
