package artifact

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// inSmallDisk runs a child with a disk of its own, of 1 MiB in memory, that
// goes away with the child. It needs user and mount namespaces.
func inSmallDisk(t *testing.T, child string) {
	t.Helper()
	cmd := childCommand(t, child, t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	}
	out, err := cmd.Output()
	if strings.Contains(string(out), "skip") || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOSPC) {
		t.Skipf("no disk can be mounted here: %v %s", err, out)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// smallDisk mounts the disk. What it mounts must not reach the parent's
// namespace.
func smallDisk(dir string) error {
	err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
	if err == nil {
		err = unix.Mount("tmpfs", dir, "tmpfs", 0, "size=1m")
	}
	if err != nil {
		fmt.Println("skip:", err)
		os.Exit(0)
	}
	return nil
}

func init() {
	children["full disk"] = fullDisk
	children["read-only disk"] = readOnlyDisk
}

func TestFullDisk(t *testing.T)     { inSmallDisk(t, "full disk") }
func TestReadOnlyDisk(t *testing.T) { inSmallDisk(t, "read-only disk") }

func fullDisk(args []string) error {
	dir := args[0]
	if err := smallDisk(dir); err != nil {
		return err
	}
	r, err := Lock(dir, "train", someConfig)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := r.Save(1, false, filesOf(1)); err != nil {
		return err
	}
	filler := filepath.Join(dir, "filler")
	if err := os.WriteFile(filler, make([]byte, 2<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("the disk is not full: %v", err)
	}
	for range 3 {
		err := r.Save(2, false, filesOf(2))
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "free some space") {
			return fmt.Errorf("saving to a full disk: %v", err)
		}
	}
	entries, err := os.ReadDir(r.Dir())
	if err != nil || len(entries) != 2 {
		return fmt.Errorf("left behind: %v, %v", entries, err)
	}
	if c, problems, err := newestWhole(r.Dir()); err != nil || problems != nil || c.Step != 1 {
		return fmt.Errorf("the checkpoint before: %v, %v, %v", c, problems, err)
	}
	if _, err := Lock(dir, "train", testConfig{}); !errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("a new run on a full disk: %v", err)
	}
	if err := os.Remove(filler); err != nil {
		return err
	}
	return r.Save(2, false, filesOf(2))
}

func readOnlyDisk(args []string) error {
	dir := args[0]
	if err := smallDisk(dir); err != nil {
		return err
	}
	r, err := Lock(dir, "train", someConfig)
	if err != nil {
		return err
	}
	if err := r.Save(1, true, filesOf(1)); err != nil {
		return err
	}
	if err := r.Close(); err != nil {
		return err
	}
	other, err := Lock(dir, "other", someConfig)
	if err != nil {
		return err
	}
	if err := other.Save(1, false, filesOf(1)); err != nil {
		return err
	}
	other.lock.lock.Close() // an open file keeps the disk writable
	if err := unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		return err
	}
	if err := other.Save(2, false, filesOf(2)); !errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("saving to a read-only disk: %v", err)
	}
	if c, problems, err := newestWhole(other.Dir()); err != nil || problems != nil || c.Step != 1 {
		return fmt.Errorf("the checkpoint before: %v, %v, %v", c, problems, err)
	}
	for _, kind := range []string{"train", "new"} {
		if _, err := Lock(dir, kind, someConfig); !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), RootVariable) {
			return fmt.Errorf("opening on a read-only disk: %v", err)
		}
	}
	if err := Remove(dir, r.Name()); !errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("removing from a read-only disk: %v", err)
	}
	read, err := OpenReadOnly([]string{dir}, "train", someConfig)
	if err != nil {
		return err
	}
	c, problems, err := read.Latest()
	if err != nil || problems != nil || c.Step != 1 {
		return fmt.Errorf("reading from a read-only disk: %v, %v, %v", c, problems, err)
	}
	_, err = c.ReadState("model.safetensors")
	return err
}
