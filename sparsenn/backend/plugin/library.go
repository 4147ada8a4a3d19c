package plugin

import (
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"runtime"
)

// entryPoint is the function that every PJRT plugin exports.
const entryPoint = "GetPjrtApi"

// checkLibrary tells what keeps a file from being a plugin for this machine.
//
// It matters because loading happens in C, where a truncated library is a bus
// error that nobody can recover from.
func checkLibrary(path string) error {
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !st.Mode().IsRegular() {
		return errors.New("not a file")
	}
	if runtime.GOOS != "linux" {
		return nil // other formats are left to the loader
	}
	f, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("not a shared library: %w", err)
	}
	defer func() { _ = f.Close() }()
	if want, ok := machines[runtime.GOARCH]; ok && f.Machine != want {
		return fmt.Errorf("built for %v, this is %s", f.Machine, runtime.GOARCH)
	}
	for _, p := range f.Progs {
		if end := p.Off + p.Filesz; end < p.Off || end > uint64(st.Size()) {
			return fmt.Errorf("truncated: %d bytes, at least %d expected", st.Size(), end)
		}
	}
	symbols, err := f.DynamicSymbols()
	if err != nil {
		return fmt.Errorf("not a whole shared library: %w", err)
	}
	for _, s := range symbols {
		if s.Name == entryPoint && s.Section != elf.SHN_UNDEF {
			return nil
		}
	}
	return fmt.Errorf("not a PJRT plugin: it does not export %s", entryPoint)
}

var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}
