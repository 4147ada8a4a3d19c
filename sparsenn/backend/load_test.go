package backend

import (
	"strings"
	"testing"

	"circuitbook/sparsenn/backend/plugin"
)

func TestPlainPath(t *testing.T) {
	for _, c := range []struct {
		name string
		p    plugin.Plugin
		same bool
		want string // in the error
	}{
		{"plain", plugin.Plugin{Platform: plugin.CPU, Path: "/a/b/pjrt_c_api_cpu_plugin.so"}, true, ""},
		{"in nvidia", plugin.Plugin{Platform: plugin.CPU, Path: "/home/NVIDIA/pjrt_c_api_cpu_plugin.so"}, false, ""},
		{"comma", plugin.Plugin{Platform: plugin.CPU, Path: "/a,b/pjrt_c_api_cpu_plugin.so"}, false, ""},
		{"cuda", plugin.Plugin{Platform: plugin.CUDA, Path: "/nvidia/pjrt_c_api_cuda_plugin.so"}, true, ""},
		{"cuda, comma", plugin.Plugin{Platform: plugin.CUDA, Path: "/a,b/pjrt_c_api_cuda_plugin.so"}, false, "comma"},
	} {
		got, remove, err := plainPath(c.p)
		remove()
		switch {
		case c.want != "":
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
		case err != nil:
			if misread(t.TempDir()) {
				t.Skip("the temporary folder is one of those")
			}
			t.Errorf("%s: %v", c.name, err)
		case (got == c.p.Path) != c.same:
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

func TestLoadAbsent(t *testing.T) {
	p := plugin.Plugin{Platform: plugin.CPU, Path: "/nowhere/pjrt_c_api_cpu_plugin.so"}
	if b, err := load(p); err == nil || b != nil || !strings.Contains(err.Error(), p.Path) {
		t.Fatalf("load = %v, %v", b, err)
	}
}
