package viz

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"strings"

	"circuitbook/sparsenn/circuit"
)

// A file is offered for saving under a figure.
type file struct {
	kind string // what the link reads: "JSON"; in lower case, the extension
	mime string
	data []byte
}

// maxLink is the largest file that a link holds, in bytes.
const maxLink = 500_000

// links writes links that save the files under a name. A link holds the file itself; a file beyond
// maxLink is only named.
func links(b *strings.Builder, name string, files []file) {
	b.WriteString("\n<div><small>save as ")
	for i, f := range files {
		if i > 0 {
			b.WriteString(" · ")
		}
		if len(f.data) > maxLink {
			fmt.Fprintf(b, "(%s: too large for a link)", f.kind)
			continue
		}
		fmt.Fprintf(b, `<a download="%s.%s" href="data:%s;base64,%s">%s</a>`,
			esc(name), strings.ToLower(f.kind), f.mime, base64.StdEncoding.EncodeToString(f.data), f.kind)
	}
	b.WriteString("</small></div>")
}

// fileName makes a name that every file system takes: letters, digits, - and _ of ASCII, the rest
// as -; "circuit" where nothing remains.
func fileName(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 60 {
			break
		}
	}
	if out := strings.TrimRight(b.String(), "-"); out != "" {
		return out
	}
	return "circuit"
}

// csvFile writes a table as a file.
func csvFile(rows [][]string) file {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.WriteAll(rows) // writing to memory does not fail
	return file{"CSV", "text/csv", b.Bytes()}
}

// circuitFiles are what a picture of a circuit offers besides itself: its JSON, encoded if data is
// nil, and the CSV of its edges.
func circuitFiles(c *circuit.Circuit, data []byte) ([]file, error) {
	if data == nil {
		var err error
		if data, err = circuit.Encode(c); err != nil {
			return nil, err
		}
	}
	edges, err := circuit.EdgesCSV(c)
	if err != nil {
		return nil, err
	}
	return []file{{"JSON", "application/json", data}, {"CSV", "text/csv", edges}}, nil
}
