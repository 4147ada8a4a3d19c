package cache

import "strings"

// noNetwork reports whether pip's output shows connections that failed, rather
// than an index that answered.
func noNetwork(out string) bool {
	return strings.Contains(out, "after connection broken by") ||
		strings.Contains(out, "Failed to establish a new connection") ||
		strings.Contains(out, "ConnectionError")
}

// pipError condenses pip's output to the line that tells most: the first
// failed connection, else the last error.
func pipError(out string) string {
	var last string
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		if _, cause, ok := strings.Cut(line, "after connection broken by "); ok {
			return clip(cause)
		}
		if e, ok := strings.CutPrefix(line, "ERROR: "); ok {
			last = e
		}
	}
	return clip(last)
}

func clip(s string) string {
	const most = 400
	if len(s) > most {
		s = s[:most] + "..."
	}
	return strings.ToValidUTF8(s, "?")
}
