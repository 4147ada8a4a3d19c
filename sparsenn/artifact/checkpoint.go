package artifact

import (
	"circuitbook/sparsenn/artifact/internal/disk"
	"circuitbook/sparsenn/tensorfile"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// Checkpoint is a whole checkpoint: when [Run.Latest] returned it, every file
// in it had the checksum that it was saved with. It stays on disk until the
// second save after it.
type Checkpoint struct {
	Step int
	Done bool // the last one: the run is finished

	dir      string
	manifest manifest
}

// Dir returns the absolute path of the checkpoint's directory, which in an archive
// leads through the zip.
func (c *Checkpoint) Dir() string { return c.dir }

// Names returns the names of its files, sorted, without the manifest; one that a
// copy packed has the name that it was saved under.
func (c *Checkpoint) Names() []string {
	names := make([]string, len(c.manifest.Files))
	for i, f := range c.manifest.Files {
		if names[i] = f.Name; f.Packed != nil {
			names[i] = f.Packed.Name
		}
	}
	slices.Sort(names)
	return names
}

// Has reports whether the checkpoint holds a file of that name, packed or not.
func (c *Checkpoint) Has(name string) bool {
	_, ok := c.manifest.find(name)
	_, packed := c.manifest.packed(name)
	return ok || packed
}

// path returns the absolute path of a file, or an error if the checkpoint does
// not hold it as it was saved.
func (c *Checkpoint) path(name string) (string, error) {
	if _, ok := c.manifest.find(name); !ok {
		return "", fmt.Errorf("checkpoint %s holds no %s (it holds %v): %w", c.dir, name, c.Names(), fs.ErrNotExist)
	}
	return filepath.Join(c.dir, name), nil
}

// ReadFile returns the content of a file, as it was saved: one that a copy packed is
// unpacked and compared with the checksum that it had before.
func (c *Checkpoint) ReadFile(name string) ([]byte, error) {
	if f, ok := c.manifest.packed(name); ok {
		return f.unpack(filepath.Join(c.dir, f.Name))
	}
	path, err := c.path(name)
	if err != nil {
		return nil, err
	}
	if most, ok := maxText(name); ok {
		return disk.ReadText(path, most)
	}
	f, err := disk.OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// ReadState reads a safetensors file of the checkpoint. A value that is NaN or
// infinite is a [FormatError]: it is no result of anything, and all that is computed
// from it would be NaN.
func (c *Checkpoint) ReadState(name string) (tensorfile.State, error) {
	path, err := c.path(name)
	if err != nil {
		return tensorfile.State{}, err
	}
	f, err := disk.OpenTensors(path)
	if err != nil {
		return tensorfile.State{}, err
	}
	defer f.Close()
	s, err := tensorfile.ReadState(f)
	if err == nil {
		err = s.Finite(path)
	}
	if err != nil {
		return tensorfile.State{}, err
	}
	return s, nil
}

// Problem is a damaged checkpoint that was passed over. Tensor is set where the
// damage lies in the data of one tensor.
type Problem struct {
	Checkpoint string // path of its directory
	File       string // in it
	Tensor     string
	Reason     string
}

func (p Problem) Error() string {
	path := filepath.Join(p.Checkpoint, p.File)
	if p.Tensor != "" {
		return fmt.Sprintf("%s: tensor %q: %s", path, p.Tensor, p.Reason)
	}
	return fmt.Sprintf("%s: %s", path, p.Reason)
}

// Latest returns the newest whole checkpoint, or nil if there is none. Every
// file of a checkpoint is read and compared with its checksum; what is damaged
// is returned as problems, newest first, and the checkpoint before it is taken.
// The error is for what is not damage: files that may not be read, or a
// [*VersionError]. What Latest found is remembered by the Run.
func (r *Run) Latest() (*Checkpoint, []Problem, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.scan(); err != nil {
		return nil, nil, fmt.Errorf("run %s: %w", r.Name(), err)
	}
	return r.latest, slices.Clone(r.problems), nil
}

// Finished reports whether the run is done: whoever waited for the lock of a run
// finds it so where another process was quicker.
func (r *Run) Finished() (bool, error) {
	latest, _, err := r.Latest()
	return latest != nil && latest.Done, err
}

// scan finds the newest whole checkpoint, once.
func (r *Run) scan() error {
	// A reader may list a checkpoint that the writer then removes; the writer
	// has by then made a newer one, so that looking again finds it.
	for try := 0; !r.scanned; try++ {
		latest, problems, err := newestWhole(r.dir)
		if errors.Is(err, errVanished) && try < 10 {
			continue
		}
		if err != nil {
			return err
		}
		r.latest, r.problems, r.scanned = latest, problems, true
	}
	return nil
}

var errVanished = errors.New("a checkpoint went away while it was read")

func newestWhole(dir string) (*Checkpoint, []Problem, error) {
	names, err := checkpointNames(dir)
	if err != nil {
		return nil, nil, err
	}
	var problems []Problem
	for _, name := range names {
		path := filepath.Join(dir, name.String())
		checkpoint, problem, err := verify(path, name.step)
		if err != nil {
			return nil, nil, err
		}
		if problem == nil {
			return checkpoint, problems, nil
		}
		if _, err := disk.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, nil, errVanished
		}
		problems = append(problems, *problem)
	}
	return nil, problems, nil
}

// verify reads a checkpoint in full. Of the three results one is not nil.
func verify(dir string, step int) (*Checkpoint, *Problem, error) {
	m, problem, err := readManifest(dir, step)
	if problem != nil || err != nil {
		return nil, problem, err
	}
	for _, f := range m.Files {
		path := filepath.Join(dir, f.Name)
		problem := &Problem{Checkpoint: dir, File: f.Name}
		sum, size, err := sumFile(path)
		switch {
		case errors.Is(err, fs.ErrPermission):
			return nil, nil, err
		case err != nil:
			problem.Reason = reason(err)
			return nil, problem, nil
		case size == f.Size && sum == f.SHA256:
			continue
		}
		if what := disk.Foreign(path); what != "" {
			problem.Reason = what
			return nil, problem, nil
		}
		tensor, place := f.Parts.locate(path)
		problem.Tensor = tensor
		problem.Reason = cmp.Or(f.wrongSize(size), "damaged: its checksum does not match")
		if place != "" {
			problem.Reason += " (" + place + ")"
		}
		return nil, problem, nil
	}
	return &Checkpoint{Step: m.Step, Done: m.Done, dir: dir, manifest: m}, nil, nil
}

// wrongSize says how the size differs from the file's, "" if it does not.
func (f manifestFile) wrongSize(size int64) string {
	switch {
	case size < f.Size:
		return fmt.Sprintf("truncated: %d bytes of %d", size, f.Size)
	case size > f.Size:
		return fmt.Sprintf("too long: %d bytes instead of %d", size, f.Size)
	}
	return ""
}

func readManifest(dir string, step int) (manifest, *Problem, error) {
	path := filepath.Join(dir, manifestName)
	text, err := disk.ReadText(path, maxManifest)
	if errors.Is(err, fs.ErrPermission) {
		return manifest{}, nil, err
	}
	var m manifest
	if err == nil {
		m, err = parseManifest(path, text)
	}
	var newer *VersionError
	if errors.As(err, &newer) {
		return manifest{}, nil, err
	}
	if err == nil && m.Step != step {
		err = fmt.Errorf("it is of step %d, its folder is named for step %d", m.Step, step)
	}
	if err != nil {
		return manifest{}, &Problem{Checkpoint: dir, File: manifestName, Reason: reason(err)}, nil
	}
	return m, nil, nil
}

// reason leaves the path out of an error, since Problem has it.
func reason(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "missing"
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return err.Error()
}

// checkpointName is checkpoint-STEP, or checkpoint-STEP.AGAIN where a step was
// saved once more, as when its last checkpoint is followed by the finished one.
type checkpointName struct{ step, again int }

var checkpointPattern = regexp.MustCompile(`^checkpoint-(\d{10,})(?:\.([1-9]\d*))?$`)

func (n checkpointName) String() string {
	if n.again > 0 {
		return fmt.Sprintf("checkpoint-%010d.%d", n.step, n.again)
	}
	return fmt.Sprintf("checkpoint-%010d", n.step)
}

func (n checkpointName) compare(o checkpointName) int {
	return cmp.Or(cmp.Compare(n.step, o.step), cmp.Compare(n.again, o.again))
}

// checkpointNames lists the checkpoints in a run's directory, newest first.
func checkpointNames(dir string) ([]checkpointName, error) {
	entries, err := disk.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []checkpointName
	for _, e := range entries {
		m := checkpointPattern.FindStringSubmatch(e.Name())
		if m == nil {
			continue
		}
		var n checkpointName
		if n.step, err = strconv.Atoi(m[1]); err != nil {
			continue
		}
		if m[2] != "" {
			if n.again, err = strconv.Atoi(m[2]); err != nil {
				continue
			}
		}
		if n.String() == e.Name() {
			names = append(names, n)
		}
	}
	slices.SortFunc(names, func(a, b checkpointName) int { return b.compare(a) })
	return names, nil
}
