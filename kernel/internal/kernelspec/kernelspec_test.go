package kernelspec

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWriteReadRemove(t *testing.T) {
	data := t.TempDir()
	stock := filepath.Join(data, "kernels", "gonb", "kernel.json")
	if err := os.MkdirAll(filepath.Dir(stock), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(stock, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(data); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("reading nothing gave %v", err)
	}
	if was, err := Remove(data); was || err != nil {
		t.Errorf("removing nothing gave %v, %v", was, err)
	}
	var before []byte
	for _, s := range []Spec{{"/old/circuitbook", "/old"}, {"/p/circuitbook", "/m"}, {"/p/circuitbook", "/m"}} {
		if err := s.Write(data); err != nil {
			t.Fatal(err)
		}
		got, err := Read(data)
		if err != nil || got != s {
			t.Errorf("wrote %+v, read %+v, %v", s, got, err)
		}
		text, err := os.ReadFile(filepath.Join(Dir(data), "kernel.json"))
		if err != nil {
			t.Fatal(err)
		}
		if s.Module == "/m" && before != nil && !bytes.Equal(before, text) {
			t.Error("a second installation wrote something else")
		}
		if s.Module == "/m" {
			before = text
		}
	}
	if was, err := Remove(data); !was || err != nil {
		t.Errorf("removing gave %v, %v", was, err)
	}
	if _, err := os.Stat(Dir(data)); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
	if _, err := os.Stat(stock); err != nil {
		t.Errorf("the stock kernel is gone: %v", err)
	}
}

func TestRemoveLeavesOthers(t *testing.T) {
	data := t.TempDir()
	name := filepath.Join(Dir(data), "kernel.json")
	if err := os.MkdirAll(Dir(data), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"nonsense", `{"argv": ["other"]}`} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Remove(data); err == nil {
			t.Errorf("%s was removed", text)
		}
		if _, err := os.Stat(name); err != nil {
			t.Error(err)
		}
	}
}

// TestEncode fixes what Jupyter reads.
func TestEncode(t *testing.T) {
	text, err := Spec{"/p/circuit<book>", "/m"}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"argv":           []any{"/p/circuit<book>", "kernel", "--module", "/m", "{connection_file}"},
		"display_name":   "Go (Circuitbook)",
		"language":       "go",
		"interrupt_mode": "message",
		"metadata":       map[string]any{"circuitbook": map[string]any{"module": "/m"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := (Spec{"circuitbook", "/m"}).Encode(); err == nil {
		t.Error("a relative path was taken")
	}
}

func TestLogos(t *testing.T) {
	data := t.TempDir()
	if err := (Spec{"/p", "/m"}).Write(data); err != nil {
		t.Fatal(err)
	}
	for name, size := range map[string]int{"logo-32x32.png": 32, "logo-64x64.png": 64} {
		f, err := os.Open(filepath.Join(Dir(data), name))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if b := img.Bounds(); b.Dx() != size || b.Dy() != size {
			t.Errorf("%s is %v", name, b)
		}
		if _, _, _, a := img.At(0, 0).RGBA(); a != 0 {
			t.Errorf("%s: a corner is not transparent", name)
		}
		if r, _, _, _ := img.At(size/2, size/2).RGBA(); r != 0xffff {
			t.Errorf("%s: the node in the middle is not white", name)
		}
	}
	svg, err := os.Open(filepath.Join(Dir(data), "logo-svg.svg"))
	if err != nil {
		t.Fatal(err)
	}
	defer svg.Close()
	dec := xml.NewDecoder(svg)
	for {
		if _, err := dec.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestUser(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", "/data")
	t.Setenv("JUPYTER_DATA_DIR", "/jupyter")
	got, err := User()
	if err != nil {
		t.Fatal(err)
	}
	if want := (Place{"/jupyter", "/data/circuitbook"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got.Program() != "/data/circuitbook/bin/circuitbook" {
		t.Errorf("program at %s", got.Program())
	}
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("JUPYTER_DATA_DIR", "")
	t.Setenv("HOME", "/home/me")
	if got, err = User(); err != nil || !filepath.IsAbs(got.Jupyter) || !filepath.IsAbs(got.Own) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestPrefix(t *testing.T) {
	if got, want := Prefix("/usr"), (Place{"/usr/share/jupyter", "/usr/share/circuitbook"}); got != want {
		t.Errorf("got %+v", got)
	}
}

// FuzzDecode holds that any kernel.json is refused or is one that this
// program could have written.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"argv": ["/p", "kernel", "--module", "/m", "{connection_file}"]}`))
	f.Add([]byte(`{"argv": ["gonb", "--kernel", "{connection_file}"]}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := decode(text)
		if err != nil {
			return
		}
		again, err := s.Encode()
		if err != nil {
			return // relative paths are not this program's
		}
		if got, err := decode(again); err != nil || got != s {
			t.Fatalf("%+v became %+v, %v", s, got, err)
		}
	})
}
