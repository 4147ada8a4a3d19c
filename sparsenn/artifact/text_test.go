package artifact

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// allocated is how many bytes a function asks for.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestUnpackMemory: a packed file that is not what the manifest says takes no memory
// to speak of, however much it unpacks to; one that is takes its size.
func TestUnpackMemory(t *testing.T) {
	const size = 64 << 20
	path := filepath.Join(t.TempDir(), "metrics.jsonl.gz")
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	zeros := make([]byte, 1<<20)
	for range size / len(zeros) {
		if _, err := zip.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, packed.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	// Of this many zeros, by sha256sum.
	const sum = "3b6a07d0d404fab4e23b6d34bc6696a6a312dd92821332385e5af7c01c421351"
	for _, c := range []struct {
		size int64
		sum  string
		most uint64
	}{{size, "00", 1 << 20}, {size + 1, sum, 1 << 20}, {maxLines, sum, 1 << 20}, {7, sum, 1 << 20}, {size, sum, size + 1<<20}} {
		f := manifestFile{Packed: &packedFile{Name: "metrics.jsonl", Size: c.size, SHA256: c.sum}}
		var text []byte
		var err error
		took := allocated(func() { text, err = f.unpack(path) })
		if good := c.size == size && c.sum == sum; good != (err == nil) || good != (len(text) == size) {
			t.Errorf("%d bytes, sum %.4s: %d bytes, %v", c.size, c.sum, len(text), err)
		}
		if took > c.most {
			t.Errorf("%d bytes, sum %.4s: %d bytes of memory were asked for", c.size, c.sum, took)
		}
	}
}

// sparseFile makes a file that is said to be large and takes no room.
func sparseFile(t *testing.T, path string, size int64) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(size), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestTextsAreBounded: a config or a manifest of gigabytes, which need not take room
// on the disk, is not read into memory, and what cannot be read is not saved.
func TestTextsAreBounded(t *testing.T) {
	root := t.TempDir()
	for name, path := range map[string]string{"config.json": "", "manifest.json": "checkpoint-0000000003"} {
		dir := finished(t, filepath.Join(root, name), 3)
		sparseFile(t, filepath.Join(dir, path, name), 3<<30)
		var all []error
		took := allocated(func() {
			_, err := OpenDir(dir)
			all = append(all, err)
			list, err := List(filepath.Dir(dir))
			all = append(all, err)
			if len(list) == 1 {
				all = append(all, list[0].Problem)
			}
			_, err = OpenReadOnly([]string{filepath.Dir(dir)}, "train", testConfig{Steps: 3})
			all = append(all, err)
		})
		if text := errors.Join(all...).Error(); !strings.Contains(text, "3221225472 bytes; such a file has at most") {
			t.Errorf("%s of 3 GB: %s", name, text)
		}
		if took > 8<<20 {
			t.Errorf("%s of 3 GB: %d bytes of memory", name, took)
		}
	}
	r, err := Lock(t.TempDir(), "train", testConfig{Steps: 9})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	mustContain(t, r.Save(1, false, map[string]func(io.Writer) error{provenanceName: content(strings.Repeat(" ", maxConfig+1))}), "such a file has at most 1048576")
	if c, _, err := r.Latest(); c != nil || err != nil {
		t.Errorf("%v, %v after a save that failed", c, err)
	}
}
