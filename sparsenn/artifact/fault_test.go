package artifact

import (
	"circuitbook/sparsenn/artifact/internal/disk"
	"circuitbook/sparsenn/tensorfile"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
)

// faultyFiles counts the calls that change the disk and lets the one numbered
// at fail with err; with for ever set, all those after it as well, as if the
// process had been killed or the disk taken away. A write that fails has
// written half.
type faultyFiles struct {
	disk.OS
	at      int
	err     error
	forever bool
	count   *atomic.Int64
}

func newFaulty(at int, err error, forever bool) faultyFiles {
	return faultyFiles{at: at, err: err, forever: forever, count: new(atomic.Int64)}
}

func (f faultyFiles) fault() error {
	n := int(f.count.Add(1)) - 1
	if n == f.at || f.forever && n > f.at {
		return f.err
	}
	return nil
}

// reached reports whether the fault was met.
func (f faultyFiles) reached() bool { return int(f.count.Load()) > f.at }

func (f faultyFiles) MkdirTemp(dir, pattern string) (string, error) {
	if err := f.fault(); err != nil {
		return "", err
	}
	return f.OS.MkdirTemp(dir, pattern)
}

func (f faultyFiles) Create(path string) (disk.Writable, error) {
	if err := f.fault(); err != nil {
		return nil, err
	}
	file, err := f.OS.Create(path)
	return faultyFile{file, f}, err
}

func (f faultyFiles) Rename(from, to string) error {
	if err := f.fault(); err != nil {
		return err
	}
	return f.OS.Rename(from, to)
}

func (f faultyFiles) RemoveAll(path string) error {
	if err := f.fault(); err != nil {
		return err
	}
	return f.OS.RemoveAll(path)
}

func (f faultyFiles) SyncDir(path string) error {
	if err := f.fault(); err != nil {
		return err
	}
	return f.OS.SyncDir(path)
}

func (f faultyFiles) Exchange(a, b string) error {
	if err := f.fault(); err != nil {
		return err
	}
	return f.OS.Exchange(a, b)
}

type faultyFile struct {
	disk.Writable
	files faultyFiles
}

func (f faultyFile) Write(p []byte) (int, error) {
	if err := f.files.fault(); err != nil {
		n, _ := f.Writable.Write(p[:len(p)/2])
		return n, err
	}
	return f.Writable.Write(p)
}

func (f faultyFile) Sync() error {
	if err := f.files.fault(); err != nil {
		return err
	}
	return f.Writable.Sync()
}

func (f faultyFile) Close() error {
	return errors.Join(f.files.fault(), f.Writable.Close())
}

// TestEveryFaultWhileSaving lets every call of a save fail, one after the other:
// alone, as a full disk does, and with all that follow it, as a kill does.
func TestEveryFaultWhileSaving(t *testing.T) {
	for _, forever := range []bool{false, true} {
		t.Run(fmt.Sprintf("forever=%v", forever), func(t *testing.T) {
			faults, lost := 0, 0
			for at := 0; ; at++ {
				root := memoryDir(t)
				r := openRun(t, root)
				save(t, r, 1, false)
				save(t, r, 2, false)
				before := listing(t, r.Dir(), false)
				files := newFaulty(at, syscall.ENOSPC, forever)
				r.fs = files
				err := r.Save(3, false, filesOf(3))
				if !files.reached() {
					if err != nil {
						t.Fatal(err)
					}
					break
				}
				faults++
				r.fs = disk.OS{}
				latest := 3
				if err != nil {
					mustContain(t, err, "step 3", r.Name(), "no space left", "free some space")
					lost++
					if got := listing(t, r.Dir(), false); len(got) == len(before) {
						latest = 2
					} else if len(got) != len(before)+1 {
						t.Fatalf("fault %d: the run holds %v", at, got)
					}
				}
				if forever {
					// The process is gone, and its lock with it. The next one
					// finds a whole checkpoint and nothing else.
					r.Close()
					r = openRun(t, root)
					if got := listing(t, r.Dir(), true); len(got) > 0 {
						t.Fatalf("fault %d: left behind: %v", at, got)
					}
				}
				if problems := wantLatest(t, r, latest); problems != nil {
					t.Fatalf("fault %d: %v", at, problems)
				}
				// It works again as soon as it can.
				save(t, r, 3, false)
				save(t, r, 4, false)
				wantLatest(t, r, 4)
				if got := listing(t, r.Dir(), false); len(got) != 3 {
					t.Fatalf("fault %d: the run holds %v", at, got)
				}
				r.Close()
			}
			if faults < 15 || lost < 12 {
				t.Errorf("only %d faults, of which %d made a save fail", faults, lost)
			}
			t.Logf("%d faults, of which %d made a save fail", faults, lost)
		})
	}
}

func TestEveryFaultWhileOpening(t *testing.T) {
	for at := 0; ; at++ {
		root := memoryDir(t)
		files := newFaulty(at, syscall.ENOSPC, true)
		r, err := open(files, root, "train", someConfig)
		if !files.reached() {
			if err != nil {
				t.Fatal(err)
			}
			r.Close()
			break
		}
		if err == nil {
			r.Close() // cleaning up failed, which the next one does
		} else if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
		r = openRun(t, root)
		save(t, r, 1, false)
		if got := listing(t, r.Dir(), true); len(got) > 0 {
			t.Fatalf("fault %d: left behind: %v", at, got)
		}
	}
}

func TestEveryFaultWhileRemoving(t *testing.T) {
	for at := 0; ; at++ {
		root := memoryDir(t)
		r := openRun(t, root)
		save(t, r, 1, false)
		r.Close()
		files := newFaulty(at, syscall.EIO, true)
		err := remove(files, root, r.Name())
		if !files.reached() {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		if !errors.Is(err, syscall.EIO) {
			t.Fatalf("fault %d: %v", at, err)
		}
		if _, err := os.Stat(r.Dir()); err == nil {
			wantLatest(t, openRun(t, root), 1)
		}
	}
}

func TestEveryFaultWhileExporting(t *testing.T) {
	old := []tensorfile.Tensor{tensorfile.Float32s("w", []int{1}, []float32{1})}
	fresh := []tensorfile.Tensor{tensorfile.Float32s("w", []int{2}, []float32{1, 2})}
	for _, forever := range []bool{false, true} {
		for at := 0; ; at++ {
			dir := filepath.Join(memoryDir(t), "model")
			if err := Export(dir, old, nil); err != nil {
				t.Fatal(err)
			}
			files := newFaulty(at, syscall.ENOSPC, forever)
			err := export(files, dir, fresh, nil)
			if !files.reached() {
				if err != nil {
					t.Fatal(err)
				}
				break
			}
			f, openErr := tensorfile.Open(filepath.Join(dir, exportModel))
			if openErr != nil {
				t.Fatalf("fault %d: no model: %v", at, openErr)
			}
			info, _ := f.Info("w")
			f.Close()
			if err == nil && info.Shape[0] != 2 {
				t.Fatalf("fault %d: the old model is still there", at)
			}
			if left := listing(t, filepath.Dir(dir), true); !forever && err != nil && len(left) > 0 {
				t.Fatalf("fault %d: left behind: %v", at, left)
			}
			if err := Export(dir, fresh, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestSwapWithoutExchange is for systems that cannot swap in one step.
func TestSwapWithoutExchange(t *testing.T) {
	for at := range 4 {
		dir := t.TempDir()
		a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
		for _, d := range []string{a, b} {
			if err := os.Mkdir(d, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(d, "name"), []byte(d), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		files := noExchange{newFaulty(at, syscall.EIO, false)}
		err := swap(files, a, b)
		text, readErr := os.ReadFile(filepath.Join(b, "name"))
		if readErr != nil {
			t.Fatal(readErr)
		}
		if done := at >= 2; (string(text) == a) != done || (err == nil) != (at == 3) {
			t.Errorf("fault %d: %s is in place, error %v", at, text, err)
		}
	}
}

type noExchange struct{ faultyFiles }

func (noExchange) Exchange(a, b string) error { return errors.ErrUnsupported }

// TestErrorsWhileClosing: a network file system may report a full disk only
// when a file is closed.
func TestErrorsWhileClosing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	err := disk.Write(newFaulty(3, syscall.EDQUOT, false), path, func(w io.Writer) error { return content("x")(w) })
	if !errors.Is(err, syscall.EDQUOT) {
		t.Fatal(err)
	}
}
