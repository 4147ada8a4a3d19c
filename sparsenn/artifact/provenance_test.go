package artifact

import (
	"bufio"
	"encoding/json"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProvenance(t *testing.T) {
	p := NewProvenance(7)
	p.Plugin = "pjrt_c_api_cpu 0.9"
	p.Data["synthetic"] = "abc"
	p.WallSeconds = 1.5
	m, err := p.Map()
	if err != nil {
		t.Fatal(err)
	}
	if m["seed"] != 7.0 || m["go"] != runtime.Version() || m["format"] != float64(formatVersion) || m["data"].(map[string]any)["synthetic"] != "abc" {
		t.Errorf("%v", m)
	}
	text, err := p.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var back Provenance
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(p, back); d != "" {
		t.Error(d)
	}
	again, err := NewProvenance(7).JSON()
	if first, _ := NewProvenance(7).JSON(); err != nil || string(first) != string(again) {
		t.Error("the same provenance is written in two ways")
	}
	// What names the user's machine has no place in an artifact.
	host, _ := os.Hostname()
	home, _ := os.UserHomeDir()
	for _, private := range []string{host, home} {
		if len(private) > 1 && strings.Contains(string(text), private) {
			t.Errorf("%q is in %s", private, text)
		}
	}
	p.Extra = map[string]any{"bad": func() {}}
	if _, err := p.Map(); err == nil {
		t.Error("a function was made a map")
	}
	if _, err := p.JSON(); err == nil {
		t.Error("a function was written")
	}
}

func TestMachine(t *testing.T) {
	m := Machine()
	if m.OS != runtime.GOOS || m.Arch != runtime.GOARCH || m.Cores < 1 || !slices.IsSorted(m.Features) {
		t.Errorf("%+v", m)
	}
	if runtime.GOOS == "linux" && runtime.GOARCH == "amd64" && (m.CPU == "" || m.MemoryGiB <= 0 || len(m.Features) == 0) {
		t.Errorf("%+v", m)
	}
	if got := fieldOf(bufio.NewScanner(strings.NewReader("a: 1\nmodel name\t: X : Y\nmodel name: Z\n")), "model name"); got != "X : Y" {
		t.Errorf("%q", got)
	}
	if got := fieldOf(bufio.NewScanner(strings.NewReader("nothing\n")), "model name"); got != "" {
		t.Errorf("%q", got)
	}
}

func TestModules(t *testing.T) {
	got := modulesOf(&debug.BuildInfo{
		Main: debug.Module{Path: "circuitbook", Version: "(devel)"},
		Deps: []*debug.Module{
			{Path: "a", Version: "v1.0.0"},
			{Path: "b", Version: "v1.0.0", Replace: &debug.Module{Path: "c", Version: "v2.0.0"}},
			{Path: "d", Version: "v1.0.0", Replace: &debug.Module{Path: "/home/someone/d"}},
		},
	})
	want := map[string]string{"circuitbook": "(devel)", "a": "v1.0.0", "b": "v2.0.0", "d": "v1.0.0"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if modules() == nil {
		t.Error("no map")
	}
}
