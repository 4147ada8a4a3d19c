package cache

import (
	"strings"
	"testing"
	"unicode/utf8"
)

const refused = `WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError("Failed to establish a new connection: [Errno 111] Connection refused")': /simple/x/
ERROR: Could not find a version that satisfies the requirement x==1 (from versions: none)
ERROR: No matching distribution found for x==1
`

const missing = `ERROR: Could not find a version that satisfies the requirement x==1 (from versions: 0.1)
ERROR: No matching distribution found for x==1
`

func TestPipOutput(t *testing.T) {
	for _, c := range []struct {
		name, out string
		network   bool
		want      string // in the message
	}{
		{"refused", refused, true, "Connection refused"},
		{"missing", missing, false, "No matching distribution"},
		{"nothing", "", false, ""},
		{"chatter", "Collecting x\n", false, ""},
	} {
		if got := noNetwork(c.out); got != c.network {
			t.Errorf("%s: noNetwork = %v", c.name, got)
		}
		if got := pipError(c.out); !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: pipError = %q", c.name, got)
		}
	}
}

func FuzzPipError(f *testing.F) {
	f.Add(refused)
	f.Add(missing)
	f.Add("ERROR: \xff\xfe\n")
	f.Add("ERROR: " + strings.Repeat("ü", 500))
	f.Fuzz(func(t *testing.T, out string) {
		got := pipError(out)
		if len(got) > 500 || !utf8.ValidString(got) || strings.Contains(got, "\n") {
			t.Fatalf("pipError(%q) = %q", out, got)
		}
		noNetwork(out)
	})
}
