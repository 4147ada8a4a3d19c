package artifact

import (
	"bytes"
	"circuitbook/sparsenn/artifact/internal/disk"
	"circuitbook/sparsenn/tensorfile"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

const configName = "config.json"

// ErrNotFound is in the error of [OpenReadOnly] when no root holds the run
// finished; errors.Is(err, fs.ErrNotExist) holds too.
var ErrNotFound error = notFoundError{}

type notFoundError struct{}

func (notFoundError) Error() string { return "there is no such finished run" }

func (notFoundError) Is(target error) bool { return target == fs.ErrNotExist }

// ErrReadOnly is in the error of a change to a run that was not opened for
// writing, or is closed.
var ErrReadOnly = errors.New("the run is not open for writing")

// Run is an open run directory. Its methods can be called from several
// goroutines.
type Run struct {
	dir    string
	kind   string
	hash   string
	config []byte // canonical JSON
	fs     disk.System

	mu     sync.Mutex
	lock   *runLock    // nil if opened read-only, or closed
	latest *Checkpoint // the newest whole checkpoint, if scanned
	// scanned is set once latest is known, and cleared when it no longer is.
	scanned  bool
	problems []Problem
}

var kindPattern = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Name returns the name of a run's directory, KIND-HASH, where HASH is [Hash]
// of config. A kind is lower-case letters, digits and underscores.
func Name(kind string, config any) (string, error) {
	if !kindPattern.MatchString(kind) {
		return "", fmt.Errorf("run kind %q is not of lower-case letters, digits and underscores", kind)
	}
	hash, err := Hash(config)
	if err != nil {
		return "", fmt.Errorf("the config of a %s run: %w", kind, err)
	}
	return kind + "-" + hash, nil
}

// Lock opens the run of that kind and config under root for writing, and makes
// it if it is not there. It takes the run's lock; if another writer has it the
// error is a [*LockedError] and nothing was waited for. What a killed save left
// behind is removed. The stored config.json is compared with config: one that
// differs, because it was edited or damaged, is an error that names the first
// difference. The caller closes the run.
func Lock(root, kind string, config any) (*Run, error) {
	return open(disk.OS{}, root, kind, config)
}

func open(files disk.System, root, kind string, config any) (_ *Run, err error) {
	r, err := newRun(files, root, kind, config)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			if errors.Is(err, fs.ErrPermission) || isReadOnlyFS(err) {
				err = fmt.Errorf("%w (runs live in %s: set %s to a folder that you can write)", err, root, RootVariable)
			}
			r.Close()
		}
	}()
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, err
	}
	if r.lock, err = lockRun(root, r.Name()); err != nil {
		return nil, err
	}
	if err := os.Mkdir(r.dir, 0o755); err == nil {
		err = files.SyncDir(root)
		if err != nil {
			return nil, err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	if err := r.clean(); err != nil {
		return nil, err
	}
	err = r.checkConfig()
	if errors.Is(err, fs.ErrNotExist) {
		text, indentErr := indentJSON(r.config)
		if indentErr != nil {
			return nil, indentErr
		}
		err = disk.Replace(files, filepath.Join(r.dir, configName), text)
	}
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", r.Name(), err)
	}
	return r, nil
}

// OpenReadOnly opens the first finished run of that kind and config that one of
// the roots holds; roots and runs that are not there are passed over, and so
// are those not finished or damaged. It needs no lock and writes nothing. If
// there is none the error is [ErrNotFound], and names what was passed over.
func OpenReadOnly(roots []string, kind string, config any) (*Run, error) {
	var passed strings.Builder
	for _, root := range roots {
		r, err := newRun(disk.OS{}, root, kind, config)
		if err != nil {
			return nil, err
		}
		if r.dir, err = place(filepath.Dir(r.dir), r.Name()); err != nil {
			fmt.Fprintf(&passed, "; %v", err)
			continue
		}
		if err := r.checkConfig(); errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, fmt.Errorf("run %s: %w", r.dir, err)
		}
		checkpoint, problems, err := r.Latest()
		if err != nil {
			return nil, err
		}
		if checkpoint != nil && checkpoint.Done {
			return r, nil
		}
		if checkpoint != nil {
			fmt.Fprintf(&passed, "; %s is at step %d only", r.dir, checkpoint.Step)
		}
		for _, p := range problems {
			fmt.Fprintf(&passed, "; %v", p)
		}
	}
	name, err := Name(kind, config)
	if err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("%s in %s: %w%s", name, strings.Join(roots, ", "), ErrNotFound, passed.String())
}

// OpenDir opens a run directory by its path, finished or not, for reading; where it is
// in an archive, ROOT/KIND-HASH is its path, too. The
// config is the stored one, which has to have the hash in the directory's name.
func OpenDir(dir string) (*Run, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	kind, hash, ok := splitName(filepath.Base(dir))
	if !ok {
		return nil, fmt.Errorf("%s is not named like a run, KIND-HASH", dir)
	}
	if dir, err = place(filepath.Dir(dir), filepath.Base(dir)); err != nil {
		return nil, err
	}
	text, err := disk.ReadText(filepath.Join(dir, configName), maxConfig)
	if err != nil {
		return nil, err
	}
	tree, err := parseJSON(text)
	if err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", filepath.Join(dir, configName), err)
	}
	config, err := tensorfile.Marshal(tree)
	if err != nil {
		return nil, err
	}
	if got, err := Hash(tree); err != nil || got != hash {
		return nil, fmt.Errorf("%s has the hash %s, the run is named %s: it was edited, or is damaged", filepath.Join(dir, configName), got, hash)
	}
	return &Run{dir: dir, kind: kind, hash: hash, config: config, fs: disk.OS{}}, nil
}

func newRun(files disk.System, root, kind string, config any) (*Run, error) {
	name, err := Name(kind, config)
	if err != nil {
		return nil, err
	}
	text, err := Canonical(config)
	if err != nil {
		return nil, err
	}
	root, err = filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	return &Run{dir: filepath.Join(root, name), kind: kind, hash: strings.TrimPrefix(name, kind+"-"), config: text, fs: files}, nil
}

var namePattern = regexp.MustCompile(fmt.Sprintf(`^([a-z][a-z0-9_]*)-([0-9a-f]{%d})$`, hashDigits))

func splitName(name string) (kind, hash string, ok bool) {
	m := namePattern.FindStringSubmatch(name)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// checkConfig compares config.json with the config asked for. The error is
// fs.ErrNotExist if there is none, as after a kill right after the directory
// was made.
func (r *Run) checkConfig() error {
	path := filepath.Join(r.dir, configName)
	text, err := disk.ReadText(path, maxConfig)
	if err != nil {
		return err
	}
	const remedy = "; put it back as it was, or remove the run's folder to make it anew"
	stored, err := parseJSON(text)
	if err != nil {
		return fmt.Errorf("%s is damaged: %w%s", path, err, remedy)
	}
	wanted, err := parseJSON(r.config)
	if err != nil {
		return err
	}
	if d := firstDifference("", stored, wanted, "in the file", "in this run"); d != "" {
		return fmt.Errorf("%s is not the config of this run: %s; it was edited or damaged%s", path, d, remedy)
	}
	return nil
}

// clean removes what killed saves left. Only the holder of the lock calls it.
func (r *Run) clean() error {
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), disk.Temporary) {
			if err := r.fs.RemoveAll(filepath.Join(r.dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// Dir returns the absolute path of the run's directory.
func (r *Run) Dir() string { return r.dir }

// Name returns KIND-HASH.
func (r *Run) Name() string { return r.kind + "-" + r.hash }

// Kind returns the kind of the run.
func (r *Run) Kind() string { return r.kind }

// Hash returns the hash of the run's config.
func (r *Run) Hash() string { return r.hash }

// Config returns the run's config as canonical JSON.
func (r *Run) Config() []byte { return bytes.Clone(r.config) }

// ReadOnly reports whether the run cannot be saved to: it was opened for
// reading, or is closed.
func (r *Run) ReadOnly() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lock == nil
}

// Close gives up the lock. Closing twice, or a run opened read-only, does
// nothing. A save under way is waited for.
func (r *Run) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lock == nil {
		return nil
	}
	lock := r.lock
	r.lock = nil
	return lock.release()
}
