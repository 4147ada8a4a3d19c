package relay

import (
	"context"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"unicode"

	"circuitbook/kernel/internal/cell"
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

// around is like before, but the word may go on after the cursor, and if the
// cursor stands after a bracket it is the word before that.
func (q question) around() (pkg, word string) {
	text := []rune(q.code)
	if q.cursor > 0 && text[q.cursor-1] == '(' && (q.cursor < 2 || isWord(text[q.cursor-2])) {
		q.cursor--
	}
	for q.cursor < len(text) && isWord(text[q.cursor]) {
		q.cursor++
	}
	return q.before()
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// complete answers from what can be known without a compiler: members of
// packages; else names of this and of earlier cells, packages, and the
// language's words.
func (r *Relay) complete(_ context.Context, q question) any {
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
	switch {
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
		}
		add(types.Universe.Names()...)
		for t := token.BREAK; t <= token.VAR; t++ {
			add(t.String())
		}
	}
	list := slices.Sorted(maps.Keys(found))
	if list == nil {
		list = []string{}
	}
	return map[string]any{
		"status": "ok", "matches": list, "metadata": map[string]any{},
		"cursor_start": q.cursor - len([]rune(word)), "cursor_end": q.cursor,
	}
}

// magics are the words that may follow a % at the beginning of a line.
var magics = []string{"args", "autoget", "bash", "capture", "cd", "env", "exec", "goflags", "goworkfix", "gx", "help", "list", "ls", "main",
	"noautoget", "remove", "reset", "rm", "script", "sh", "test", "track", "untrack", "version", "wasm", "widgets", "with_inputs", "with_password", "writefile"}

// inspect says what a name is: the text of its declaration in a cell, or the
// documentation of a package's member.
func (r *Relay) inspect(ctx context.Context, q question) any {
	pkg, word := q.around()
	text := ""
	if pkg == "" {
		for _, source := range slices.Backward(append(slices.Clone(q.sources), q.code)) {
			if text = cell.Declaration(source, word); text != "" {
				break
			}
		}
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
