package main

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// The PyTorch that pip finds for Linux is the one for CUDA, which does not load
// without gigabytes of CUDA libraries even if nothing is computed on a GPU. Stand-ins
// take their place: libraries of the same names, whose functions all answer "no
// device".

// gpuLibrary matches the libraries that PyTorch's own need and gpuSymbol what they
// import from them.
var (
	gpuLibrary = regexp.MustCompile(`^lib(cu|nccl|nvrtc|nvshmem)[^/]*\.so\.\d+$`)
	gpuSymbol  = regexp.MustCompile(`^(__)?(cu[A-Za-z]|nccl|nvrtc|nvshmem|nvtx)\w*$`)
)

// noDevice is cudaErrorNoDevice.
const noDevice = 100

// standIn is one library to be made: its symbols by version, "" for none.
type standIn map[string][]string

// standInsFor finds out what the libraries in a folder import and do not have.
func standInsFor(folder string) (map[string]standIn, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.so*"))
	if err != nil {
		return nil, err
	}
	result, own := map[string]standIn{}, map[string]bool{}
	var imports []elf.ImportedSymbol
	for _, name := range files {
		f, err := elf.Open(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		defer f.Close()
		libraries, err1 := f.ImportedLibraries()
		imported, err2 := f.ImportedSymbols()
		defined, err3 := f.DynamicSymbols()
		if err := errors.Join(err1, err2, err3); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, l := range libraries {
			if gpuLibrary.MatchString(l) {
				result[l] = standIn{}
			}
		}
		for _, s := range defined {
			if s.Section != elf.SHN_UNDEF {
				own[s.Name] = true
			}
		}
		imports = append(imports, imported...)
	}
	names := slices.Sorted(maps.Keys(result))
	if len(names) == 0 {
		return nil, nil // not built for CUDA
	}
	seen := map[string]bool{}
	for _, s := range imports {
		if own[s.Name] || seen[s.Name] || !gpuSymbol.MatchString(s.Name) {
			continue
		}
		seen[s.Name] = true
		library, version := s.Library, s.Version
		if result[library] == nil {
			library, version = names[0], "" // not said whose; any will do
		}
		result[library][version] = append(result[library][version], s.Name)
	}
	return result, nil
}

// source is a stand-in as C.
func (s standIn) source() string {
	var b strings.Builder
	for _, version := range slices.Sorted(maps.Keys(s)) {
		for _, name := range slices.Sorted(slices.Values(s[version])) {
			fmt.Fprintf(&b, "long %s(void) { return %d; }\n", name, noDevice)
		}
	}
	return b.String()
}

// script gives the symbols their versions, for the linker; "" if there are none.
func (s standIn) script() string {
	var b strings.Builder
	for _, version := range slices.Sorted(maps.Keys(s)) {
		if version != "" {
			fmt.Fprintf(&b, "%s { global: %s; };\n", version, strings.Join(slices.Sorted(slices.Values(s[version])), "; "))
		}
	}
	return b.String()
}

// makeStandIns compiles the stand-ins for the libraries of a folder into dir.
func makeStandIns(ctx context.Context, folder, dir string) error {
	libraries, err := standInsFor(folder)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, s := range libraries {
		source, script := filepath.Join(dir, name+".c"), filepath.Join(dir, name+".map")
		args := []string{"-shared", "-fPIC", "-fno-builtin", "-Wl,-soname," + name, "-o", filepath.Join(dir, name), source}
		if err := os.WriteFile(source, []byte(s.source()), 0o644); err != nil {
			return err
		}
		if text := s.script(); text != "" {
			if err := os.WriteFile(script, []byte(text), 0o644); err != nil {
				return err
			}
			args = append(args, "-Wl,--version-script="+script)
		}
		if err := run(ctx, "cc", args...); err != nil {
			return err
		}
	}
	return nil
}
