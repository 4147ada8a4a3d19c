package backend

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"

	"circuitbook/sparsenn/artifact"
	"circuitbook/sparsenn/backend/plugin"
)

func TestDescribe(t *testing.T) {
	b, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	info := Describe(b)
	switch info.Name {
	case "xla:cpu", "xla:cuda":
		if len(info.PluginSHA256) != 64 || info.PluginPath == "" {
			t.Errorf("the plugin is not described: %+v", info)
		}
	case "go":
		if info.Plugin+info.PluginPath+info.PluginSHA256 != "" {
			t.Errorf("a plugin for the Go backend: %+v", info)
		}
	default:
		t.Errorf("name %q", info.Name)
	}
	if info.Threads < 1 || info.Devices < 1 {
		t.Errorf("%+v", info)
	}
	if m := artifact.Machine(); !slices.Equal(info.CPUFeatures, m.Features) || info.CPU != m.CPU {
		t.Errorf("of %q it tells %q, provenance %q", info.CPU, info.CPUFeatures, m.Features)
	}
	j, err := json.Marshal(info)
	if err != nil || !strings.Contains(string(j), `"cpu_features":[`) {
		t.Errorf("as JSON: %s, %v", j, err)
	}
}

func TestDescribePinned(t *testing.T) {
	p := real(t)
	o := openedWith(t, Env+"=xla:cpu", plugin.UserEnv+"="+p.Dir)
	hashed, err := p.Hash()
	if err != nil {
		t.Fatal(err)
	}
	// The user points at the folder, so that only the hash tells what it is.
	if o.Info.Plugin != hashed.Version || o.Info.PluginSHA256 != hashed.SHA256 {
		t.Errorf("%+v, want %+v", o.Info, hashed)
	}
}

func TestDescribeOthers(t *testing.T) {
	if info := Describe(nil); info.Name != "" || info.Threads < 1 {
		t.Errorf("nil: %+v", info)
	}
	b, err := gobackend.New("")
	if err != nil {
		t.Fatal(err)
	}
	if info := Describe(b); info.Name != "go" {
		t.Errorf("a backend that Open did not return: %+v", info)
	}
}

func TestProvenance(t *testing.T) {
	for name, want := range map[string]string{
		"go":       `{"plugin":null}`,
		"":         `{"plugin":null}`,
		"xla:cuda": `{"plugin":{"platform":"cuda","sha256":"12","version":"v"}}`,
	} {
		got, err := json.Marshal(Info{Name: name, Plugin: "v", PluginSHA256: "12", PluginPath: "/home/me"}.Provenance())
		if err != nil || string(got) != want {
			t.Errorf("%q: %s, %v; want %s", name, got, err, want)
		}
	}
}

func TestCan(t *testing.T) {
	b, err := gobackend.New("")
	if err != nil {
		t.Fatal(err)
	}
	if !Can(b) || !Can(b, compute.OpTypeAdd, compute.OpTypeDotGeneral) {
		t.Error("the Go backend can add")
	}
	if Can(b, compute.OpTypeAdd, compute.OpTypeAllReduce) {
		t.Error("the Go backend is not distributed")
	}
	if Can(nil, compute.OpTypeAdd) {
		t.Error("nil can")
	}
}
