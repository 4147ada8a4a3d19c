package plugin

import (
	"strings"
	"testing"
)

func TestParseChoice(t *testing.T) {
	for s, want := range map[string]Choice{
		"": {}, " ": {}, "go": {Go: true}, "Go ": {Go: true}, "xla": {XLA: true},
		"xla:cpu":  {XLA: true, Platform: CPU},
		"xla:cuda": {XLA: true, Platform: CUDA}, "CUDA": {XLA: true, Platform: CUDA},
	} {
		if got, err := ParseChoice(s); err != nil || got != want {
			t.Errorf("ParseChoice(%q) = %+v, %v", s, got, err)
		}
	}
	for _, bad := range []string{"cpu", "gpu", "xla:", "xla:tpu", "gogo", "1"} {
		if _, err := ParseChoice(bad); err == nil || !strings.Contains(err.Error(), BackendEnv) {
			t.Errorf("ParseChoice(%q): error %v", bad, err)
		}
	}
}
