package suitetest

import (
	"maps"
	"testing"
)

// TestFixSeeds: fixed, unless the run is long or a person says otherwise.
func TestFixSeeds(t *testing.T) {
	for name, c := range map[string]struct {
		environ    map[string]string
		long       bool
		seed, file string
	}{
		"as it is":   {nil, false, "1", "true"},
		"long":       {nil, true, "", "true"},
		"a variable": {map[string]string{"RAPID_SEED": "8"}, false, "8", "true"},
		"both":       {map[string]string{"RAPID_SEED": "0", "RAPID_NOFAILFILE": "false"}, false, "0", "false"},
	} {
		environ := map[string]string{}
		maps.Copy(environ, c.environ)
		err := fixSeeds(func(n string) (string, bool) { v, ok := environ[n]; return v, ok }, func(n, v string) error { environ[n] = v; return nil }, c.long)
		if err != nil || environ["RAPID_SEED"] != c.seed || environ["RAPID_NOFAILFILE"] != c.file {
			t.Errorf("%s: %v, %v", name, environ, err)
		}
	}
}
