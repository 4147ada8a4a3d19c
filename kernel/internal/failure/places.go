package failure

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"circuitbook/kernel/internal/cell"
)

// inProgram is a place in the program that is made of a cell: as GoNB notes it,
// with the program's folder, or by the file's name alone.
var inProgram = regexp.MustCompile(`(?: ?(?:\x1b\[7m)?\[\[ Cell \[(\d+)\] Line (\d+) \]\](?:\x1b\[0m)? )?` +
	`(?:(/[^\s"':]*/gonb_[0-9a-f]{8}/)|(\b|^))main(_test)?\.go:(\d+)(?::\d+)?(?: \+0x[0-9a-f]+)?`)

// inCell is a place as Places says it.
var inCell = regexp.MustCompile(`\bcell (\d+), line (\d+)\b`)

// Places puts lines of cells in the place of those of the programs below the
// kernel's folder dir that are made of cells, in what the last cell complains
// of. What a command says of a file main.go is the user's own.
func Places(cells []Known, dir, text string) string {
	if !strings.Contains(text, "main.go:") && !strings.Contains(text, "main_test.go:") || len(cells) == 0 {
		return text
	}
	foreign := slices.ContainsFunc(cell.Commands(cells[len(cells)-1].Source), cell.Command.IsShell)
	known := map[string]string{}
	end := 0
	var out strings.Builder
	for _, at := range inProgram.FindAllStringSubmatchIndex(text, -1) {
		found := text[at[0]:at[1]]
		part := func(n int) string {
			if at[2*n] < 0 {
				return ""
			}
			return text[at[2*n]:at[2*n+1]]
		}
		folder, number := part(3), part(6)
		name := "main" + part(5) + ".go"
		before := strings.TrimRight(text[:at[0]], " \t")
		out.WriteString(text[end:at[0]])
		end = at[1]
		if folder == "" && (foreign || strings.HasSuffix(text[:at[0]], "/") || strings.HasSuffix(text[:at[0]], ".") || strings.HasSuffix(text[:at[0]], "-")) {
			out.WriteString(found)
			continue
		}
		said, ok := known[found]
		if !ok {
			place := diagnosis{&Failure{}, cells, Report{}}
			if part(1) != "" {
				place.at([]string{"", part(1), part(2)})
			}
			for _, file := range programs(dir, folder, name) {
				if place.Line == 0 {
					place.guess(file, number)
				}
			}
			if said = name + ":" + number; place.Line > 0 {
				said = fmt.Sprintf("cell %d, line %d", place.In, place.Line)
			}
			known[found] = said
		}
		if strings.HasPrefix(found, " ") && before != "" && !strings.HasSuffix(before, "\n") && before == text[:at[0]] {
			out.WriteString(" ")
		}
		out.WriteString(said)
	}
	return out.String() + text[end:]
}

// programs are the files of the name that cells are compiled from: that in the
// folder, or if it is "" those below dir.
func programs(dir, folder, name string) []string {
	if folder != "" {
		return []string{folder + name}
	}
	list, _ := filepath.Glob(filepath.Join(dir, "gonb_*", name))
	return list
}

// frameLine is the second line of a call in a trace: where it is.
var frameLine = regexp.MustCompile(`^\s+.*\.(?:go|s):\d+(?: \+0x[0-9a-f]+)?\s*$`)

// words are what a program said last: its last line, or if that is part of a
// trace the line before the trace. Where traces follow one another, each after
// a line, as of an error that wraps others, all those lines are told, the last
// first. rest is what follows the first of them.
func words(said string) (text, rest string) {
	lines := strings.Split(said, "\n")
	trace := make([]bool, len(lines))
	for i, line := range lines {
		switch {
		case strings.HasPrefix(line, "goroutine ") && strings.HasSuffix(strings.TrimSpace(line), "]:"):
			trace[i] = true
		case i > 0 && frameLine.MatchString(line) && lines[i-1] != "" && !strings.ContainsAny(lines[i-1][:1], " \t"):
			trace[i-1], trace[i] = true, true
		}
	}
	last := len(lines) - 1
	for last >= 0 && (strings.TrimSpace(lines[last]) == "" || isExit(strings.TrimSpace(lines[last]))) {
		last--
	}
	if last < 0 {
		return "", ""
	}
	var all []string
	at := last
	for i := last; i >= 0; i-- {
		line := strings.TrimSpace(lines[i])
		if line == "" || trace[i] {
			continue
		}
		if len(all) > 0 && !trace[i+1] { // it is about something else
			break
		}
		all, at = append(all, line), i
		if i == last || i > 0 && !trace[i-1] || len(all) == maxComplaints {
			break
		}
	}
	return strings.Join(all, ": "), strings.Join(lines[at:], "\n")
}
