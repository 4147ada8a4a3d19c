package place

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// TrustEnv names the variable that has a cache folder used whoever can write it.
const TrustEnv = "CIRCUITBOOK_TRUST_CACHE"

// ErrShared is what is wrong with what others than the user can write.
var ErrShared = errors.New("programs that are executed lie in the cache folder")

// others are the bits by which others than the owner can write.
const others = 0o022

// trusting reports whether TrustEnv is set.
func trusting() bool {
	switch os.Getenv(TrustEnv) {
	case "", "0", "false":
		return false
	}
	return true
}

// trustFolder refuses a cache folder that others can write: what lies there is
// executed. One that is the user's and empty is closed to others instead, unless it
// is made for all, as /tmp is.
func trustFolder(dir string) error {
	if trusting() {
		return nil
	}
	info, err := os.Stat(dir) // wherever a link leads
	if err != nil {
		return err
	}
	if info.Mode()&others != 0 && info.Mode()&os.ModeSticky == 0 && owner(info) == os.Geteuid() && empty(dir) {
		if err := os.Chmod(dir, info.Mode().Perm()&^others); err == nil {
			return nil
		}
	}
	return check(dir, info)
}

// Trusted refuses a file or folder that somebody else than the user or root owns
// or can write, and one in the cache folder also for a folder on the way to it.
func Trusted(path string) error {
	root, err := Dir()
	if err != nil || trusting() {
		return err
	}
	rel, err := filepath.Rel(root, path)
	inside := err == nil && filepath.IsLocal(rel)
	for ; path != root; path = filepath.Dir(path) {
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		if info.Mode()&os.ModeSymlink != 0 { // the mode of a link says nothing
			info = link{info}
		}
		if err := check(path, info); err != nil || !inside {
			return err
		}
	}
	return nil
}

// link is a symbolic link, which nobody can write.
type link struct{ os.FileInfo }

func (l link) Mode() os.FileMode { return l.FileInfo.Mode() &^ others }

// check says who else can write what info is about.
func check(path string, info os.FileInfo) error {
	switch uid := owner(info); {
	case uid >= 0 && uid != 0 && uid != os.Geteuid():
		return fmt.Errorf("%s belongs to another user (uid %d), and %w: set $%s to a folder of your own, or, if you trust that user, $%s=1",
			path, uid, ErrShared, Env, TrustEnv)
	case info.Mode()&others != 0:
		return fmt.Errorf("%s can be written by others (mode %04o), and %w: remove it, or, if you trust what is in it, `chmod go-w %s`, or set $%s=1",
			path, info.Mode().Perm(), ErrShared, path, TrustEnv)
	}
	return nil
}

// owner is the uid of what info is about, -1 where there are none.
func owner(info os.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid)
	}
	return -1
}

// empty reports whether nothing lies in the folder.
func empty(dir string) bool {
	f, err := os.Open(dir)
	if err != nil {
		return false
	}
	defer f.Close()
	_, err = f.Readdirnames(1)
	return errors.Is(err, io.EOF)
}
