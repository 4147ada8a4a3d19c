package notebook

import (
	"maps"
	"regexp"
	"strings"
)

var (
	// scratch matches the path of the folder in which a kernel compiles a
	// cell; its name differs from run to run and tells a reader nothing.
	scratch = regexp.MustCompile(`[^\s"'\[\](){}=:]*/gonb_[0-9a-f]{8}/`)
	// program matches the name of a cell's program.
	program = regexp.MustCompile(`\bgonb_[0-9a-f]{8}\b`)
	// shimmed matches the path of the go command that a kernel puts before
	// the real one.
	// annotation matches what GoNB adds to a line of a trace, if it reads the
	// line in one piece.
	annotation = regexp.MustCompile(` ?\x1b\[7m\[\[ Cell (?:\[\d+\] )?Line \d+ \]\]\x1b\[0m ?`)
	shimmed    = regexp.MustCompile(`[^\s"'\[\](){}=:]*/shim/[0-9a-f]{16}/(go|goimports)\b`)
)

// CleanText removes from s what differs from run to run: the folder that a
// cell was compiled in, notes that come only when pieces of text arrive in the
// right way, and the path of the go command.
func CleanText(s string) string {
	if !strings.Contains(s, "/") {
		return s
	}
	s = annotation.ReplaceAllString(s, "")
	s = scratch.ReplaceAllString(s, "")
	s = program.ReplaceAllString(s, "cell")
	return shimmed.ReplaceAllString(s, "$1")
}

// SetOutputs gives the cell the outputs of a run, in a form that does not
// depend on when they arrived: between two displays the pieces of a stream
// are one output, standard output before standard error; of a line that
// carriage returns rewrote the last state stays; nothing transient is kept.
func (c *Cell) SetOutputs(outputs []any, count int) {
	c.Count = count
	c.Outputs = nil
	streams := map[string]*strings.Builder{}
	flush := func() {
		for _, name := range []string{"stdout", "stderr"} {
			b := streams[name]
			if b == nil || b.Len() == 0 {
				continue
			}
			s := Overwrite(b.String())
			if name == "stderr" {
				s = CleanText(s)
			}
			c.Outputs = append(c.Outputs, map[string]any{
				"output_type": "stream", "name": name, "text": s,
			})
		}
		clear(streams)
	}
	for _, out := range outputs {
		m, ok := out.(map[string]any)
		if !ok {
			continue
		}
		m = maps.Clone(m)
		if m["output_type"] == "stream" {
			name, _ := m["name"].(string)
			if name != "stdout" {
				name = "stderr"
			}
			if streams[name] == nil {
				streams[name] = new(strings.Builder)
			}
			s, _ := text(m["text"])
			streams[name].WriteString(s)
			continue
		}
		flush()
		delete(m, "transient")
		switch m["output_type"] {
		case "error":
			if s, ok := m["evalue"].(string); ok {
				m["evalue"] = CleanText(s)
			}
			if list, ok := m["traceback"].([]any); ok {
				m["traceback"] = cleanList(list)
			}
		case "execute_result":
			m["execution_count"] = count
		}
		c.Outputs = append(c.Outputs, m)
	}
	flush()
	if meta, ok := c.raw["metadata"].(map[string]any); ok {
		delete(meta, "execution") // when each message came
	}
}

// ClearOutputs removes what an earlier run left in the notebook.
func (n *Notebook) ClearOutputs() {
	for _, c := range n.Cells {
		if c.Type == Code {
			c.SetOutputs(nil, 0)
		}
	}
}

func cleanList(list []any) []any {
	clean := make([]any, len(list))
	for i, v := range list {
		if s, ok := v.(string); ok {
			v = CleanText(s)
		}
		clean[i] = v
	}
	return clean
}

// Overwrite returns s as a terminal shows it in the end: of a line, what
// stands after its last carriage return that something follows.
func Overwrite(s string) string {
	if !strings.Contains(s, "\r") {
		return s
	}
	rows := strings.SplitAfter(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, row := range rows {
		body, end := strings.CutSuffix(row, "\n")
		body = strings.TrimRight(body, "\r")
		if at := strings.LastIndexByte(body, '\r'); at >= 0 {
			body = body[at+1:]
		}
		if end {
			body += "\n"
		}
		rows[i] = body
	}
	return strings.Join(rows, "")
}
