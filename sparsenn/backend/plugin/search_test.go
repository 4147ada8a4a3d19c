package plugin

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/backend/plugin/plugintest"
)

func TestParseName(t *testing.T) {
	for file, want := range map[string][2]string{
		"pjrt_c_api_cpu_plugin.so":         {CPU, ""},
		"pjrt_c_api_cpu_v0.83.1_plugin.so": {CPU, "v0.83.1"},
		"pjrt_c_api_cuda_plugin.so":        {CUDA, ""},
		"pjrt_c_api_cuda13_plugin.so":      {CUDA, ""},
		"pjrt_plugin_cpu.so":               {CPU, ""},
		"pjrt-plugin-cuda.dylib":           {CUDA, ""},
		"xla_cuda_plugin.so":               {CUDA, ""},
		"xla_extension.so":                 {"", ""},
		"pjrt_c_api_cpu_plugin.dll":        {CPU, ""},
		"pjrt_c_api_tpu_plugin.so":         {"", ""},
		"pjrt_c_api_rocm_plugin.so":        {"", ""},
		"pjrt_c_api_cpu_plugin.so.bak":     {"", ""},
		"pjrt_c_api__plugin.so":            {"", ""},
		"libpjrt_cpu.so":                   {"", ""},
		"pjrt_c_api_cpux_plugin.so":        {"", ""},
	} {
		platform, version := parseName(file)
		if platform != want[0] || version != want[1] {
			t.Errorf("parseName(%q) = %q, %q; want %q", file, platform, version, want)
		}
	}
	if platform, _ := parseName(FileName(CPU)); platform != CPU {
		t.Errorf("%s is not recognised", FileName(CPU))
	}
}

func FuzzParseName(f *testing.F) {
	f.Add("pjrt_c_api_cpu_v0.83.1_plugin.so")
	f.Add("pjrt-plugin-cuda.dll")
	f.Add("_v")
	f.Fuzz(func(t *testing.T, name string) {
		switch platform, version := parseName(name); {
		case platform == "" && version == "":
		case platform != CPU && platform != CUDA:
			t.Fatalf("parseName(%q) gives platform %q", name, platform)
		case !strings.Contains(name, version):
			t.Fatalf("parseName(%q) invents version %q", name, version)
		}
	})
}

func TestLdConfDirs(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	conf := write("ld.so.conf", "# comment\n/a # more\n\ninclude conf.d/*.conf\nhwcap 0 nosegneg\nrelative/dir\n/z\n")
	write("conf.d/2.conf", "/c\n")
	write("conf.d/1.conf", "/b\ninclude "+conf+"\n") // includes itself, in a circle
	write("conf.d/3.txt", "/no\n")
	got := ldConfDirs(conf, 0)
	if len(got) < 4 || !slices.Equal(got[:2], []string{"/a", "/b"}) || got[len(got)-1] != "/z" || slices.Contains(got, "/no") {
		t.Errorf("ldConfDirs = %q", got)
	}
	if got := ldConfDirs(filepath.Join(dir, "absent"), 0); got != nil {
		t.Errorf("of an absent file: %q", got)
	}
}

func FuzzLdConfDirs(f *testing.F) {
	f.Add("/a\ninclude *\n#\n")
	f.Add("include include include")
	f.Add("include [\n")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "/") && strings.Contains(text, "include") {
			t.Skip("could read files elsewhere")
		}
		path := filepath.Join(t.TempDir(), "c")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, d := range ldConfDirs(path, maxLdDepth-1) {
			if !filepath.IsAbs(d) {
				t.Fatalf("relative folder %q", d)
			}
		}
	})
}

func TestGoXLADirs(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("Linux's folders")
	}
	t.Setenv("HOME", "/home/me")
	t.Setenv("LD_LIBRARY_PATH", "/opt/lib:relative:")
	ldConf = filepath.Join(t.TempDir(), "absent")
	defer func() { ldConf = "/etc/ld.so.conf" }()
	want := []string{
		"/home/me/.local/lib/go-xla", "/home/me/.local/lib/go-xla/nvidia", "/home/me/.local/lib/gomlx/pjrt",
		"/usr/local/lib/go-xla", "/usr/local/lib/go-xla/nvidia", "/usr/local/lib/gomlx/pjrt", "/opt/lib",
	}
	if got := goxlaDirs(); !slices.Equal(got, want) {
		t.Errorf("goxlaDirs = %q", got)
	}
	t.Setenv("HOME", "")
	if got := goxlaDirs(); !slices.Equal(got, want[3:]) {
		t.Errorf("without a home: %q", got)
	}
}

func TestPluginsIn(t *testing.T) {
	linuxOnly(t)
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	plugintest.Write(t, filepath.Join(a, "pjrt_c_api_cuda_plugin.so"), entryPoint)
	plugintest.Write(t, filepath.Join(a, "pjrt_c_api_cpu_plugin.so"), entryPoint)
	plugintest.Write(t, filepath.Join(a, "pjrt_c_api_tpu_plugin.so"), entryPoint)
	plugintest.Write(t, filepath.Join(a, "unrelated.so"), entryPoint)
	plugintest.Write(t, filepath.Join(b, "pjrt_c_api_cpu_v1.2_plugin.so"), entryPoint)
	plugintest.Write(t, filepath.Join(b, "pjrt_c_api_cpu_plugin.so"), "NotAPlugin")
	got := pluginsIn([]string{b, a, b, filepath.Join(dir, "absent")}, "here")
	var names []string
	for _, p := range got {
		names = append(names, p.Platform+" "+filepath.Base(p.Path)+" "+p.Version)
		if p.Source != "here" || p.Dir != filepath.Dir(p.Path) {
			t.Errorf("%+v", p)
		}
	}
	want := []string{
		"cpu pjrt_c_api_cpu_v1.2_plugin.so v1.2",
		"cpu pjrt_c_api_cpu_plugin.so ", "cuda pjrt_c_api_cuda_plugin.so ",
	}
	if !slices.Equal(names, want) {
		t.Errorf("pluginsIn = %q", names)
	}
	file := filepath.Join(a, "pjrt_c_api_cpu_plugin.so")
	if got := pluginsIn([]string{file}, ""); len(got) != 1 || got[0].Path != file {
		t.Errorf("a file named directly: %v", got)
	}
}
