package shim

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// goCommand is the go command of a kernel.
func (s Setup) goCommand(args []string) (int, error) {
	if len(args) == 0 || !inCell() {
		return 0, become(s.Go, args, os.Environ())
	}
	switch args[0] {
	case "mod":
		if len(args) == 3 && args[1] == "init" && strings.HasPrefix(args[2], "gonb_") {
			return 0, s.writeGoMod(args[2])
		}
	case "get":
		if !namesPackage(args[1:]) {
			return 0, nil // all that may be needed is required already
		}
	case "build", "test":
		return s.build(args)
	case "list", "vet", "run":
		return 0, become(s.Go, args, s.cellEnv())
	}
	// What a user asks for by name gets the user's own settings.
	return 0, become(s.Go, args, os.Environ())
}

// namesPackage reports whether the arguments of go get name anything.
func namesPackage(args []string) bool {
	for _, arg := range args {
		if !strings.HasPrefix(arg, "-") {
			return true
		}
	}
	return false
}

// Linking takes most of a cell's time. Without symbol tables it is faster,
// and again with Go's own linker, which Go does not choose by itself where C
// code is linked in.
const (
	stripFlags    = "-s -w"
	internalFlags = stripFlags + " -linkmode=internal"
)

// build compiles a cell with flags for a fast link, unless the user chose
// linker flags. Where Go's linker cannot do it the usual one does.
func (s Setup) build(args []string) (int, error) {
	if err := errors.Join(endInput(!mayRead()), addResult(), addOwn(), s.withoutParse(), addValues(true), s.addVerbs()); err != nil {
		return 0, err
	}
	env := s.cellEnv()
	flags := []string{internalFlags, stripFlags}
	switch {
	case hasLdflags(args) || hasLdflags(strings.Fields(lookup(env, "GOFLAGS"))):
		flags = []string{""}
	case runtime.GOOS != "linux":
		flags = flags[1:]
	}
	for {
		with := args
		if flags[0] != "" {
			with = append([]string{args[0], "-ldflags=" + flags[0]}, args[1:]...)
		}
		cmd := exec.Command(s.Go, with...)
		cmd.Env = env
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		code, err := exitCode(cmd.Run())
		if err != nil {
			return 0, err
		}
		if code != 0 && withoutResult(out.String()) {
			continue
		}
		if code != 0 && len(flags) > 1 && linkFailed(out.String()) {
			flags = flags[1:]
			continue
		}
		_, err = os.Stderr.Write(out.Bytes())
		return code, err
	}
}

// hasLdflags reports whether linker flags are among the arguments.
func hasLdflags(args []string) bool {
	for _, arg := range args {
		if strings.HasPrefix(strings.TrimLeft(arg, "-"), "ldflags") && strings.HasPrefix(arg, "-") {
			return true
		}
	}
	return false
}

// linkFailed reports whether the output of go build is the linker's.
func linkFailed(out string) bool {
	return strings.Contains(out, "/link: ") || strings.Contains(out, "loadinternal: ") ||
		strings.Contains(out, ": relocation target ") || strings.Contains(out, ": unexpected relocation")
}

// lookup returns the value that a variable has in env: the last one.
func lookup(env []string, name string) string {
	for i := len(env) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(env[i], name+"="); ok {
			return value
		}
	}
	return ""
}

// writeGoMod makes the working directory the module name, in which cells are
// compiled: with the engine's requirements, and the engine itself.
func (s Setup) writeGoMod(name string) error {
	mod, sum, err := cellModule(s.Module, name)
	if err != nil {
		return fmt.Errorf("go mod init: %w", err)
	}
	if err := os.WriteFile("go.sum", sum, 0o644); err != nil {
		return err
	}
	return os.WriteFile("go.mod", mod, 0o644)
}
