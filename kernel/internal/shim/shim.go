// Package shim stands before the go and goimports commands in a kernel's
// PATH. GoNB drives both for every cell; the shim has it compile cells against
// the engine's module, with that module's versions, without a network, and
// with a fast link. Outside a cell's own folder the commands do what they
// always do.
package shim

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// A Setup is what the shim needs to know; it travels in the environment.
type Setup struct {
	Go        string // the real go command
	GoImports string // the real goimports command
	Module    string // the engine's module
	Path      string // PATH as the user has it
	GoFlags   string // GOFLAGS as the user has it, go env -w included
	GoRoot    string
	ModCache  string // GOMODCACHE
	Temp      string // where what Environment's go commands leave is taken away, "" for nowhere; the shim knows of none
}

// The variables of a Setup.
const (
	envGo        = "CIRCUITBOOK_SHIM_GO"
	envGoImports = "CIRCUITBOOK_SHIM_GOIMPORTS"
	envModule    = "CIRCUITBOOK_SHIM_MODULE"
	envPath      = "CIRCUITBOOK_SHIM_PATH"
	envGoFlags   = "CIRCUITBOOK_SHIM_GOFLAGS"
	envGoRoot    = "CIRCUITBOOK_SHIM_GOROOT"
	envModCache  = "CIRCUITBOOK_SHIM_GOMODCACHE"
)

// envCell names GoNB's variable with the folder that it compiles cells in.
const envCell = "GONB_TMP_DIR"

// Environ returns the variables that bring s to the shim.
func (s Setup) Environ() []string {
	return []string{
		envGo + "=" + s.Go, envGoImports + "=" + s.GoImports, envModule + "=" + s.Module,
		envPath + "=" + s.Path, envGoFlags + "=" + s.GoFlags,
		envGoRoot + "=" + s.GoRoot, envModCache + "=" + s.ModCache,
	}
}

// fromEnviron reads back what Environ says.
func fromEnviron() (Setup, error) {
	s := Setup{
		Go: os.Getenv(envGo), GoImports: os.Getenv(envGoImports), Module: os.Getenv(envModule),
		Path: os.Getenv(envPath), GoFlags: os.Getenv(envGoFlags),
		GoRoot: os.Getenv(envGoRoot), ModCache: os.Getenv(envModCache),
	}
	if s.Go == "" || s.GoImports == "" || s.Module == "" {
		return s, errors.New("this go command belongs to a Circuitbook kernel and was called outside one")
	}
	return s, nil
}

// Called returns which command the program was called as, "go" or "goimports",
// and "" if it was called by its own name.
func Called(arg0 string) string {
	switch name := filepath.Base(arg0); name {
	case "go", "goimports":
		return name
	}
	return ""
}

// Main runs the command that the program was called as and returns its exit
// code, unless it becomes that command.
func Main(name string, args []string) int {
	s, err := fromEnviron()
	if err == nil {
		var code int
		if name == "goimports" {
			code, err = s.goimports(args)
		} else {
			code, err = s.goCommand(args)
		}
		if err == nil {
			return code
		}
	}
	fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
	return 1
}

// inCell reports whether the working directory is the folder in which GoNB
// compiles cells.
func inCell() bool {
	here, err := os.Stat(".")
	if err != nil {
		return false
	}
	cell, err := os.Stat(os.Getenv(envCell))
	return err == nil && os.SameFile(here, cell)
}

// cellEnv is the environment in which a cell is resolved and compiled: only
// with what go.mod pins and the module cache has.
func (s Setup) cellEnv() []string {
	flags := os.Getenv("GOFLAGS")
	if flags == "" {
		flags = s.GoFlags
	}
	var keep []string
	for flag := range strings.FieldsSeq(flags) {
		if !strings.HasPrefix(flag, "-mod=") && !strings.HasPrefix(flag, "--mod=") {
			keep = append(keep, flag)
		}
	}
	keep = append(keep, "-buildvcs=false")
	work := "GOWORK=off" // no go.work but the cell's own
	if here, err := filepath.Abs("go.work"); err == nil && isFile(here) {
		work = "GOWORK=" + here // where go.mod is not to be changed
	} else {
		keep = append(keep, "-mod=mod")
	}
	return append(os.Environ(), "PATH="+s.Path, "GOFLAGS="+strings.Join(keep, " "), "GOPROXY=off", work)
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// become replaces the process by the program; it returns only on failure.
func become(program string, args, env []string) error {
	err := syscall.Exec(program, append([]string{program}, args...), env)
	return fmt.Errorf("%s: %w", program, err)
}

func exitCode(err error) (int, error) {
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	return 0, err
}
