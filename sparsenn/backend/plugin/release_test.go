package plugin

import (
	"errors"
	"testing"

	"circuitbook/sparsenn/cache"
)

// The pinned plugin, from the user's cache or fetched into it: what the first
// run on a machine does.
func TestPinnedRelease(t *testing.T) {
	if !fetchable() {
		t.Skip("no plugin is pinned for this platform")
	}
	p, err := Query{Platform: CPU, Skip: func(p Plugin) string {
		if p.Source != sourceCache {
			return "not from the cache"
		}
		return ""
	}}.Ensure(t.Context(), t.Output())
	if errors.Is(err, cache.ErrNoNetwork) || errors.Is(err, cache.ErrOffline) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := checkLibrary(p.Path); err != nil {
		t.Error(err)
	}
	sum, err := cache.SHA256File(p.Path)
	if err != nil || sum != p.SHA256 {
		t.Errorf("sha256 %s, %v; want %s", sum, err, p.SHA256)
	}
}
