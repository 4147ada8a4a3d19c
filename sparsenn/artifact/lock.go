package artifact

import (
	"circuitbook/sparsenn/artifact/internal/disk"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// locksDir lies in the root and not in the runs: a run can then be removed
// under its lock, without a second process holding a lock on a file that is
// gone.
const locksDir = ".locks"

// LockedError says that another writer holds a run. PID and Host are 0 and ""
// where the holder did not get to say who it is.
type LockedError struct {
	Run   string
	PID   int
	Host  string
	Since time.Time
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("run %s is being written by %s: wait for it to end, or stop it", e.Run, e.who())
}

// Waiting is what to say to somebody who waits for the holder to end.
func (e *LockedError) Waiting() string {
	return fmt.Sprintf("waiting for %s, which makes %s", e.who(), e.Run)
}

func (e *LockedError) who() string {
	if e.PID == 0 {
		return "another process"
	}
	return fmt.Sprintf("process %d on %s since %s", e.PID, e.Host, e.Since.Format(time.DateTime))
}

// runLock is a held lock.
type runLock struct {
	lock   *flock.Flock
	holder string
}

type holder struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

// lockRun takes the lock of a run without waiting; if it is held the error is a
// LockedError. The lock ends with the process, however it ends.
func lockRun(root, name string) (*runLock, error) {
	dir := filepath.Join(root, locksDir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	l := &runLock{lock: flock.New(filepath.Join(dir, name+".lock")), holder: filepath.Join(dir, name+".holder")}
	got, err := l.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking run %s: %w", name, err)
	}
	if !got {
		locked := &LockedError{Run: name}
		// Who holds it is a help for the reader, so failing to learn it is not
		// another error.
		if text, err := disk.ReadText(l.holder, maxConfig); err == nil {
			var h holder
			if json.Unmarshal(text, &h) == nil {
				locked.PID, locked.Host, locked.Since = h.PID, h.Host, h.Since
			}
		}
		return nil, locked
	}
	_ = os.Remove(l.holder) // the note of one that was killed
	host, _ := os.Hostname()
	if text, err := json.Marshal(holder{PID: os.Getpid(), Host: host, Since: time.Now().Round(time.Second)}); err == nil {
		// Only a note, but where it cannot be written nothing else can.
		err := os.WriteFile(l.holder, text, 0o644)
		if errors.Is(err, fs.ErrPermission) || isReadOnlyFS(err) {
			return nil, errors.Join(err, l.lock.Close())
		}
	}
	return l, nil
}

func (l *runLock) release() error {
	_ = os.Remove(l.holder)
	return l.lock.Close()
}
