package viz

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"strings"

	"circuitbook/viz/internal/draw"
)

// A File is offered for saving under a figure.
type File struct {
	Kind string // what the link reads: "JSON"; in lower case, the extension
	MIME string
	Data []byte
}

// maxLink is the largest file that a link holds, in bytes.
const maxLink = 500_000

// links writes links that save the files under a name. A link holds the file itself; a file beyond
// maxLink is only named.
func links(b *strings.Builder, name string, files []File) {
	b.WriteString("\n<div><small>save as ")
	for i, f := range files {
		if i > 0 {
			b.WriteString(" · ")
		}
		if len(f.Data) > maxLink {
			fmt.Fprintf(b, "(%s: too large for a link)", f.Kind)
			continue
		}
		fmt.Fprintf(b, `<a download="%s.%s" href="data:%s;base64,%s">%s</a>`,
			draw.Esc(name), strings.ToLower(f.Kind), f.MIME, base64.StdEncoding.EncodeToString(f.Data), f.Kind)
	}
	b.WriteString("</small></div>")
}

// FileName makes a name that every file system takes: letters, digits, - and _ of ASCII, the rest
// as -; "circuit" where nothing remains.
func FileName(s string) string {
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

// CSVFile writes a table as a file.
func CSVFile(rows [][]string) File {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.WriteAll(rows) // writing to memory does not fail
	return File{"CSV", "text/csv", b.Bytes()}
}
