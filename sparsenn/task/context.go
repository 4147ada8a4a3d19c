package task

import (
	"fmt"
	"strings"
)

// surroundings returns the code before the decisive line: chunks of whole
// lines, and the indentation at which the decisive line stands. The last chunk
// is the head of a function where the line stands inside one.
func (d *Draw) surroundings() (chunks []string, indent string) {
	chunks = d.before()
	if d.Chance(50) {
		return chunks, ""
	}
	head := fmt.Sprintf("\ndef %s_%s(%s, %s):\n", d.Pick(functions...), d.Pick(variables...), d.Pick(variables...), d.Pick("other", "mode", "first", "last"))
	if d.Chance(50) {
		head += "    " + strings.ReplaceAll(d.statement(), "\n", "\n    ")
		head = strings.TrimSuffix(head, "    ")
	}
	return append(chunks, head), "    "
}

// before returns chunks of whole lines at the top level.
func (d *Draw) before() (chunks []string) {
	for range d.Between(1, 5) {
		chunks = append(chunks, d.chunk())
	}
	return chunks
}

// chunk is a statement or a short block at the top level.
func (d *Draw) chunk() string {
	v, w, f := d.Pick(variables...), d.Pick(variables...), d.Pick(functions...)
	switch d.IntN(8) {
	case 0:
		return fmt.Sprintf("def %s(%s):\n    return %s(%s, %d)\n", f, v, d.Pick(functions...), v, d.IntN(10))
	case 1:
		return fmt.Sprintf("if %s > %s:\n    %s(%s)\n", v, w, f, w)
	case 2:
		return fmt.Sprintf("for entry in %s:\n    %s(entry)\n", d.Pick(sequences...), f)
	default:
		return d.statement()
	}
}

// statement is one line.
func (d *Draw) statement() string {
	v, w, f := d.Pick(variables...), d.Pick(variables...), d.Pick(functions...)
	switch d.IntN(8) {
	case 0:
		return fmt.Sprintf("%s = %d\n", v, d.IntN(100))
	case 1:
		return fmt.Sprintf("%s = %s(%s, %s)\n", v, f, v, w)
	case 2:
		return fmt.Sprintf("%s = max(%s, %d)\n", v, w, d.IntN(10))
	case 3:
		q := d.Pick(`"`, `'`)
		return fmt.Sprintf("%s(%s%s%s, %s)\n", f, q, d.Pick(phraseWords...), q, v)
	case 4:
		return fmt.Sprintf("%s = %s[%d]\n", v, d.Pick(sequences...), d.IntN(10))
	case 5:
		return fmt.Sprintf("%s = %s + %s\n", v, v, w)
	case 6:
		return fmt.Sprintf("# %s the %s of every %s\n", d.Pick("Check", "Measure", "Keep", "Take"), v, w)
	default:
		return fmt.Sprintf("%s(%s)\n", f, v)
	}
}
