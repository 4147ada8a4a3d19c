package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"circuitbook/sparsenn/artifact"
)

// state says how far a run is: what every command says of it.
func state(info artifact.RunInfo) string {
	switch newer := (*artifact.VersionError)(nil); {
	case errors.As(info.Problem, &newer):
		return "of a newer version"
	case info.Step < 0 && info.Problem != nil:
		return "damaged"
	case info.Problem != nil:
		return fmt.Sprintf("damaged, whole at step %d", info.Step)
	case info.Step < 0:
		return "no step yet"
	case info.Done:
		return fmt.Sprintf("finished, step %d", info.Step)
	}
	return fmt.Sprintf("at step %d", info.Step)
}

// size is a number of bytes for people.
func size(bytes int64) string {
	value, unit := float64(bytes), "B"
	for _, next := range []string{"kB", "MB", "GB", "TB"} {
		if value < 999.5 {
			break
		}
		value, unit = value/1000, next
	}
	if unit == "B" || value >= 99.95 {
		return fmt.Sprintf("%.0f %s", value, unit)
	}
	return fmt.Sprintf("%.1f %s", value, unit)
}

func changed(info artifact.RunInfo) string { return info.Changed.Local().Format("2006-01-02 15:04") }

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// about says what the config of the run in dir tells of its task, its seed and
// the runs that it was made from or ties together, "" if nothing.
func about(dir string) string {
	run, err := artifact.OpenDir(dir)
	if err != nil {
		return ""
	}
	defer run.Close()
	var top map[string]any
	dec := json.NewDecoder(bytes.NewReader(run.Config()))
	dec.UseNumber()
	if dec.Decode(&top) != nil {
		return ""
	}
	inner, _ := top["config"].(map[string]any)
	extension, _ := top["extension"].(map[string]any)
	var parts []string
	for _, key := range []struct{ name, say string }{{"task", "task"}, {"seed", "seed"}, {"parent", "of"}, {"sparse", "sparse"}, {"dense", "dense"}} {
		var value any
		for _, from := range []map[string]any{top, inner, extension} {
			if value = from[key.name]; value != nil {
				break
			}
		}
		switch v := value.(type) {
		case json.Number:
			parts = append(parts, key.say+" "+v.String())
		case string:
			if strconv.Quote(v) != `"`+v+`"` {
				v = strconv.Quote(v) // what would move a cursor
			}
			parts = append(parts, key.say+" "+v)
		}
	}
	return strings.Join(parts, ", ")
}

// indent lays out JSON for people, as it is.
func indent(text []byte) string {
	var out bytes.Buffer
	if json.Indent(&out, bytes.TrimSpace(text), "", "  ") != nil {
		return strconv.Quote(string(text))
	}
	return out.String()
}
