package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"circuitbook/kernel/internal/provision"
	"circuitbook/sparsenn/cache"
)

// tempRoom is how many bytes a folder for temporary files must have free: a cell's
// program has up to a tenth of it, and its compilation takes as much again.
const tempRoom = 256 << 20

// cacheRoom is how many bytes the cache folder should have free until all is in it.
const cacheRoom = 1 << 30

// cacheFolder names what is looked at first.
const cacheFolder = "cache folder"

// Settle looks at the folders that programs write, and sets the environment of the
// process so that those that are started find some that can be used.
func Settle() (found []Finding) {
	dir, err := cache.Dir()
	if err != nil {
		return []Finding{{Broken, cacheFolder, err.Error(), ""}}
	}
	found = append(found, Finding{OK, cacheFolder, dir, ""})
	switch err := usable(dir, 0); {
	case errors.Is(err, errNoExec):
		return append(found, Finding{Broken, cacheFolder, dir + ": " + err.Error(), "set $CIRCUITBOOK_CACHE to a folder where programs may be executed"})
	case err != nil:
		found = append(found, Finding{Note, cacheFolder, dir + ": " + err.Error() + ": what is in it is used, and nothing can be added",
			"set $CIRCUITBOOK_CACHE to a folder that can be written"})
	default:
		// A first run that has begun without room ends without it, minutes later.
		if _, err := provision.FindPython(); err != nil {
			if err := room(dir, cacheRoom); err != nil {
				found = append(found, Finding{Broken, cacheFolder, dir + ": " + err.Error(), "make room, or set $CIRCUITBOOK_CACHE to a folder on another disk"})
			}
		}
	}
	// Wherever the home folder will be.
	if err := os.Setenv("CIRCUITBOOK_CACHE", dir); err != nil {
		return append(found, Finding{Broken, cacheFolder, err.Error(), ""})
	}
	if f, ok := temp(); ok {
		found = append(found, f)
	}
	if f, ok := home(); ok {
		found = append(found, f)
	}
	// Before the go command is asked for anything, which it refuses without.
	found = append(found, goFolders(provision.GoEnv{GOCACHE: os.Getenv("GOCACHE"), GOTMPDIR: os.Getenv("GOTMPDIR")})...)
	if os.Getenv("GO111MODULE") == "off" {
		found = append(found, replace("GO111MODULE", "GO111MODULE", "it is off, and cells are compiled with modules", "on"))
	}
	return found
}

// replace sets a variable and says why.
func replace(what, name, why, value string) Finding {
	if err := os.Setenv(name, value); err != nil {
		return Finding{Broken, what, err.Error(), ""}
	}
	return Finding{Note, what, why, name + "=" + value + " is used instead"}
}

// temp sees that there is a folder for temporary files.
func temp() (f Finding, changed bool) {
	const what = "temporary files"
	dir := os.TempDir()
	abs, err := filepath.Abs(dir)
	if err == nil {
		err = usable(abs, tempRoom)
	}
	if err == nil {
		if abs != dir { // those who work in another folder have to find it
			return Finding{OK, what, abs, ""}, os.Setenv("TMPDIR", abs) == nil
		}
		return f, false
	}
	why := dir + ": " + err.Error()
	if instead, err := cache.Sub("tmp"); err == nil && usable(instead, tempRoom) == nil {
		return replace(what, "TMPDIR", why, instead), true
	}
	return Finding{Broken, what, why, fmt.Sprintf("set $TMPDIR to a folder that can be written, where programs may be executed, with %d MB free", tempRoom>>20)}, true
}

// home sees that there is a home folder: Jupyter and the go command keep files there.
func home() (f Finding, changed bool) {
	const what = "home folder"
	dir := os.Getenv("HOME")
	why := "$HOME is not set"
	if dir != "" {
		err := writable(dir)
		if err == nil {
			return f, false
		}
		why = dir + ": " + err.Error()
	}
	if instead, err := cache.Sub("home"); err == nil && writable(instead) == nil {
		return replace(what, "HOME", why, instead), true
	}
	return Finding{Broken, what, why, "set $HOME to a folder that can be written"}, true
}

// goFolders sees that the folders of the go command that env names can be used.
func goFolders(env provision.GoEnv) (found []Finding) {
	for _, g := range []struct {
		name, dir, sub string
		bytes          uint64
	}{
		{"GOCACHE", env.GOCACHE, "go-build", 0},
		{"GOMODCACHE", env.GOMODCACHE, "go-mod", 0},
		{"GOTMPDIR", env.GOTMPDIR, "tmp", tempRoom},
	} {
		if g.dir == "" {
			continue
		}
		err := makeable(g.dir)
		if g.bytes > 0 {
			err = usable(g.dir, g.bytes)
		}
		if !filepath.IsAbs(g.dir) {
			err = errors.New("it is no absolute path")
		}
		if err == nil {
			continue
		}
		why := g.dir + ": " + err.Error()
		instead, err := cache.Sub(g.sub)
		if err != nil || writable(instead) != nil {
			found = append(found, Finding{Broken, g.name, why, "set it to a folder that can be written"})
			continue
		}
		found = append(found, replace(g.name, g.name, why, instead))
	}
	return found
}

// makeable reports why a folder that the go command makes cannot be made or written.
func makeable(dir string) error {
	for {
		_, err := os.Stat(dir)
		if !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			return writable(dir)
		}
		dir = filepath.Dir(dir)
	}
}

var (
	errNoExec = errors.New("programs may not be executed there (noexec)")
	errFull   = errors.New("the disk is full")
)

// writable reports why files cannot be written in a folder.
func writable(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("it is not there")
	case err != nil:
		return plain(err)
	case !info.IsDir():
		return errors.New("it is no folder")
	}
	if err := unix.Access(dir, unix.W_OK|unix.X_OK); err != nil {
		return fmt.Errorf("it cannot be written (%w)", err)
	}
	return nil
}

// usable reports why programs cannot be written to a folder and executed there,
// with so many bytes free. It makes no file to see that: who is killed just then
// would leave it.
func usable(dir string, bytes uint64) error {
	if err := writable(dir); err != nil {
		return err
	}
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err == nil && int64(s.Flags)&noExec != 0 {
		return errNoExec
	}
	return room(dir, bytes)
}

// room reports that a disk has less than so many bytes left for the user.
func room(dir string, bytes uint64) error {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil || bytes == 0 {
		return nil // some file systems cannot say it
	}
	if free := uint64(s.Bavail) * uint64(s.Bsize); free < bytes {
		return fmt.Errorf("%w: %d MB are free, and %d are needed", errFull, free>>20, bytes>>20)
	}
	return nil
}

// plain is an error of a file without its path and call.
func plain(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return errors.New(strings.TrimSpace(p.Err.Error()))
	}
	return err
}
