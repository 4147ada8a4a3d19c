package artifact

import (
	"bytes"
	"circuitbook/sparsenn/tensorfile"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// flip changes some bits of one byte of a file.
func flip(t *testing.T, path string, at int, mask byte) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text[at] ^= mask
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// damaged makes a run with checkpoints 1 and 2 and calls each with every file
// of the second, its content, and a function that writes another content and
// returns the problem that is then found.
func damaged(t *testing.T, each func(name string, good []byte, put func([]byte) Problem)) {
	r := openRun(t, memoryDir(t))
	save(t, r, 1, false)
	save(t, r, 2, false)
	r.Close()
	newest := filepath.Join(r.Dir(), "checkpoint-0000000002")
	for _, name := range listing(t, newest, false) {
		path := filepath.Join(newest, name)
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		each(name, good, func(bad []byte) Problem {
			t.Helper()
			switch {
			case bad == nil:
				err = os.Remove(path)
			case len(bad) == len(good):
				err = overwrite(path, bad) // many times faster, for what is done most
			default:
				err = os.WriteFile(path, bad, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			c, problems, err := newestWhole(r.Dir())
			if err != nil {
				t.Fatal(err)
			}
			if c == nil || c.Step != 1 || len(problems) != 1 || problems[0].File != name || problems[0].Checkpoint != newest {
				t.Fatalf("%s damaged: latest %v, problems %v", name, c, problems)
			}
			return problems[0]
		})
		if err := os.WriteFile(path, good, 0o600); err != nil {
			t.Fatal(err)
		}
		if c, problems, err := newestWhole(r.Dir()); err != nil || c.Step != 2 || problems != nil {
			t.Fatal(c, problems, err)
		}
	}
}

func overwrite(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

func TestEveryFlippedByteIsFound(t *testing.T) {
	count := 0
	damaged(t, func(name string, good []byte, put func([]byte) Problem) {
		regions := regionsOf(t, name, good)
		for at := range good {
			masks := []byte{1 << (at % 8)}
			if long {
				masks = []byte{1, 2, 4, 8, 16, 32, 64, 128, 255}
			}
			for _, mask := range masks {
				bad := append([]byte{}, good...)
				bad[at] ^= mask
				p := put(bad)
				count++
				if want := regions[at]; p.Tensor != want {
					t.Fatalf("%s, byte %d: the tensor is said to be %q, it is %q", name, at, p.Tensor, want)
				}
				if strings.HasSuffix(name, ".safetensors") && p.Tensor == "" {
					mustContain(t, p, name, "header")
				}
			}
		}
	})
	t.Logf("%d flips found", count)
}

// regionsOf returns the tensor that each byte of a file belongs to, or "".
func regionsOf(t *testing.T, name string, file []byte) []string {
	regions := make([]string, len(file))
	if !strings.HasSuffix(name, ".safetensors") {
		return regions
	}
	f, err := tensorfile.New(name, bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range f.Extents() {
		for at := x.Begin; at < x.End; at++ {
			regions[at] = x.Name
		}
	}
	return regions
}

func TestEveryTruncationIsFound(t *testing.T) {
	damaged(t, func(name string, good []byte, put func([]byte) Problem) {
		regions := regionsOf(t, name, good)
		for length := range good {
			p := put(good[:length:length])
			if name != manifestName {
				mustContain(t, p, name, fmt.Sprintf("truncated: %d bytes of %d", length, len(good)))
				if p.Tensor != regions[length] {
					t.Fatalf("%s cut at %d: the tensor is said to be %q, it is %q", name, length, p.Tensor, regions[length])
				}
			}
		}
		for _, more := range []string{"\x00", "\n", " "} {
			p := put(append(append([]byte{}, good...), more...))
			if name != manifestName {
				mustContain(t, p, "too long")
			}
		}
		mustContain(t, put(nil), name, "missing")
	})
}

func TestAllDamaged(t *testing.T) {
	root := t.TempDir()
	r := openRun(t, root)
	save(t, r, 1, false)
	save(t, r, 2, false)
	r.Close()
	for _, n := range []string{"checkpoint-0000000001", "checkpoint-0000000002"} {
		flip(t, filepath.Join(r.Dir(), n, "metrics.jsonl"), 1, 4)
	}
	// Names that are nearly those of checkpoints are none.
	for _, n := range []string{"checkpoint-3", "checkpoint-0000000003.0", "checkpoint-0000000003.01", "checkpoint-99999999999999999999", "checkpoint-0000000003x", "checkpoint-00000000003"} {
		if err := os.Mkdir(filepath.Join(r.Dir(), n), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r = openRun(t, root)
	problems := wantLatest(t, r, -1)
	if len(problems) != 2 {
		t.Fatal(problems)
	}
	save(t, r, 1, false)
	wantLatest(t, r, 1)
}

func TestMovedCheckpointIsFound(t *testing.T) {
	root := t.TempDir()
	r := openRun(t, root)
	save(t, r, 1, false)
	r.Close()
	if err := os.Rename(filepath.Join(r.Dir(), "checkpoint-0000000001"), filepath.Join(r.Dir(), "checkpoint-0000000002")); err != nil {
		t.Fatal(err)
	}
	problems := wantLatest(t, openRun(t, root), -1)
	if len(problems) != 1 {
		t.Fatal(problems)
	}
	mustContain(t, problems[0], "step 1", "step 2")
}

func TestNewerVersionIsNotDamage(t *testing.T) {
	root := t.TempDir()
	r := openRun(t, root)
	save(t, r, 1, false)
	save(t, r, 2, false)
	r.Close()
	text, err := encodeBody(`{"format":3,"something":"new"}`)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(r.Dir(), "checkpoint-0000000002", manifestName)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	r = openRun(t, root)
	_, _, err = r.Latest()
	var newer *VersionError
	if !errors.As(err, &newer) || newer.Format != packedVersion+1 {
		t.Fatal(err)
	}
	mustContain(t, err, path, "format 3", "newer version")
	if err := r.Save(3, false, nil); !errors.As(err, &newer) {
		t.Fatal(err)
	}
	if err := r.DropPrevious(); !errors.As(err, &newer) {
		t.Fatal(err)
	}
	if _, err := OpenReadOnly([]string{root}, "train", someConfig); !errors.As(err, &newer) {
		t.Fatal(err)
	}
	if got := listing(t, r.Dir(), false); len(got) != 3 {
		t.Errorf("the run holds %v", got)
	}
	infos, err := List(root)
	if err != nil || len(infos) != 1 || !errors.As(infos[0].Problem, &newer) {
		t.Error(infos, err)
	}
}
