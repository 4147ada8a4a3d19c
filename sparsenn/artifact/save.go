package artifact

import (
	"bufio"
	"circuitbook/sparsenn/artifact/internal/disk"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"syscall"
)

// Save writes a checkpoint: each file by its function, then a manifest with
// their checksums. Files are written in the order of their names; one called
// *.safetensors is read back and has to be valid.
//
// When Save returns nil the checkpoint is whole on the disk, and so is the one
// before it; older ones are gone. When it returns an error (a function failed,
// the disk is full) nothing of the new checkpoint is visible, those before it
// are as they were, and Save can be called again. A kill at any moment leaves
// the one or the other. The functions must not call methods of the run.
//
// Steps do not go back: one that lies before the newest whole checkpoint is an
// error, the same step again is not. done finishes the run: nothing can be
// saved after it. What only resuming needs, as the optimizer's state, can be
// left out of the files then.
func (r *Run) Save(step int, done bool, files map[string]func(io.Writer) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.save(step, done, files)
	if err != nil && errors.Is(err, syscall.ENOSPC) {
		err = fmt.Errorf("%w: free some space on the disk of %s; what was saved before is untouched", err, r.dir)
	}
	if err != nil {
		return fmt.Errorf("saving step %d of run %s: %w", step, r.Name(), err)
	}
	return nil
}

func (r *Run) save(step int, done bool, files map[string]func(io.Writer) error) (err error) {
	if r.lock == nil {
		return ErrReadOnly
	}
	if step < 0 {
		return errors.New("a step cannot be negative")
	}
	for name, write := range files {
		if err := checkFileName(name); err != nil {
			return err
		}
		if write == nil {
			return fmt.Errorf("file %s has no function that writes it", name)
		}
	}
	if err := r.scan(); err != nil {
		return err
	}
	before := r.latest
	if before != nil && before.Done {
		return errors.New("the run is finished")
	}
	if before != nil && step < before.Step {
		return fmt.Errorf("step %d is saved already, and steps do not go back", before.Step)
	}

	temporary, err := r.fs.MkdirTemp(r.dir, disk.Temporary+"*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			// Also done by the next Open, so that failing here loses nothing.
			_ = r.fs.RemoveAll(temporary)
		}
	}()
	m := manifest{Format: formatVersion, Step: step, Done: done, Files: []manifestFile{}}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		entry, err := r.writeSummed(filepath.Join(temporary, name), files[name])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		m.Files = append(m.Files, entry)
	}
	text, err := m.encode()
	if err != nil {
		return err
	}
	err = disk.Write(r.fs, filepath.Join(temporary, manifestName), func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", manifestName, err)
	}
	if err := r.fs.SyncDir(temporary); err != nil {
		return err
	}

	name, err := r.freeName(step)
	if err != nil {
		return err
	}
	dir := filepath.Join(r.dir, name.String())
	if err := r.fs.Rename(temporary, dir); err != nil {
		return err
	}
	if err := r.fs.SyncDir(r.dir); err != nil {
		// The checkpoint is there, but may not outlive a power cut: it counts
		// as not saved, and the next call looks at the disk again.
		r.scanned = false
		return err
	}
	r.latest, r.problems = &Checkpoint{Step: step, Done: done, dir: dir, manifest: m}, nil
	r.removeAllBut(r.latest, before)
	return nil
}

// writeSummed writes, sums and syncs one file.
func (r *Run) writeSummed(path string, write func(io.Writer) error) (manifestFile, error) {
	sum := sha256.New()
	var size countingWriter
	err := disk.Write(r.fs, path, func(w io.Writer) error {
		out := bufio.NewWriterSize(io.MultiWriter(w, sum, &size), 1<<20)
		if err := write(out); err != nil {
			return err
		}
		return out.Flush()
	})
	if err != nil {
		return manifestFile{}, err
	}
	parts, err := sumParts(path)
	if err == nil {
		err = checkText(filepath.Base(path), int64(size))
	}
	if err != nil {
		return manifestFile{}, err
	}
	return manifestFile{Name: filepath.Base(path), Size: int64(size), SHA256: hex.EncodeToString(sum.Sum(nil)), Parts: parts}, nil
}

// freeName returns the name for a checkpoint of step: one that sorts after all
// those of the same step, damaged ones included.
func (r *Run) freeName(step int) (checkpointName, error) {
	names, err := checkpointNames(r.dir)
	if err != nil {
		return checkpointName{}, err
	}
	n := checkpointName{step: step}
	for _, o := range names { // newest first
		if o.step == step {
			n.again = o.again + 1
			break
		}
	}
	return n, nil
}

// DropPrevious removes all checkpoints but the newest whole one. It is for a
// finished run, whose last checkpoint is all that is wanted of it; before that
// the checkpoint before the newest is what stands in when the newest is
// damaged.
func (r *Run) DropPrevious() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lock == nil {
		return fmt.Errorf("run %s: %w", r.Name(), ErrReadOnly)
	}
	if err := r.scan(); err != nil {
		return err
	}
	if r.latest == nil {
		return nil
	}
	return r.removeAllBut(r.latest)
}

// removeAllBut removes the other checkpoints. Each is first renamed: a kill
// half-way would otherwise leave what looks like a damaged checkpoint. What
// cannot be removed is left to the next save or open.
func (r *Run) removeAllBut(keep ...*Checkpoint) error {
	names, err := checkpointNames(r.dir)
	if err != nil {
		return err
	}
	var all error
	for _, n := range names {
		path := filepath.Join(r.dir, n.String())
		if slices.ContainsFunc(keep, func(c *Checkpoint) bool { return c != nil && c.dir == path }) {
			continue
		}
		gone := filepath.Join(r.dir, disk.Temporary+"old-"+n.String())
		_ = r.fs.RemoveAll(gone) // from a removal that failed half-way
		if err := r.fs.Rename(path, gone); err != nil {
			all = errors.Join(all, err)
			continue
		}
		all = errors.Join(all, r.fs.RemoveAll(gone))
	}
	return all
}

// sumFile returns the sha256, in hexadecimal, and the size of a file.
func sumFile(path string) (string, int64, error) {
	f, err := disk.OpenRegular(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.CopyBuffer(struct{ io.Writer }{sum}, struct{ io.Reader }{f}, make([]byte, 1<<18))
	return hex.EncodeToString(sum.Sum(nil)), n, err
}

type countingWriter int64

func (c *countingWriter) Write(p []byte) (int, error) {
	*c += countingWriter(len(p))
	return len(p), nil
}

func isReadOnlyFS(err error) bool { return errors.Is(err, syscall.EROFS) }
