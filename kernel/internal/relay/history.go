package relay

import (
	"path"
	"slices"
)

// An entry is an executed cell.
type entry struct {
	line           int // its execution count
	source, output string
}

// A historyRequest asks for cells of this session, which is number 0; there
// are no others.
type historyRequest struct {
	Output  bool   `json:"output"`
	Access  string `json:"hist_access_type"` // range, tail or search
	Session int    `json:"session"`
	Start   int    `json:"start"`
	Stop    *int   `json:"stop"`
	N       int    `json:"n"`
	Pattern string `json:"pattern"` // of a shell
	Unique  bool   `json:"unique"`
}

// recall returns the entries asked for, each as [session, line, source] or
// [session, line, [source, output]], oldest first.
func recall(all []entry, in historyRequest) []any {
	var found []entry
	switch in.Access {
	case "range":
		for _, e := range all {
			if e.line >= in.Start && (in.Stop == nil || e.line < *in.Stop) && in.Session == 0 {
				found = append(found, e)
			}
		}
	case "search":
		seen := map[string]bool{}
		for _, e := range slices.Backward(all) { // of equal ones the last
			if in.Pattern != "" && !matches(in.Pattern, e.source) || in.Unique && seen[e.source] {
				continue
			}
			seen[e.source] = true
			found = append(found, e)
		}
		slices.Reverse(found)
		found = tail(found, in.N)
	default:
		found = tail(all, in.N)
	}
	list := []any{}
	for _, e := range found {
		if in.Output {
			list = append(list, []any{0, e.line, []any{e.source, e.output}})
		} else {
			list = append(list, []any{0, e.line, e.source})
		}
	}
	return list
}

// tail is the last n, or all if n is not positive.
func tail(list []entry, n int) []entry {
	if n <= 0 || n >= len(list) {
		return list
	}
	return list[len(list)-n:]
}

// matches reports whether text is of the pattern, in which * stands for
// anything, a slash too. A pattern that is none is looked for as it is.
func matches(pattern, text string) bool {
	plain := func(s string) string {
		b := []byte(s)
		for i, c := range b {
			if c == '/' {
				b[i] = 1 // nothing that is special to a pattern
			}
		}
		return string(b)
	}
	ok, err := path.Match(plain(pattern), plain(text))
	return ok || err != nil && pattern == text
}
