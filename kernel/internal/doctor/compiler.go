package doctor

import (
	"context"
	"os"
	"os/exec"
	"strings"

	"circuitbook/kernel/internal/provision"
)

// cSource is the least that a C compiler has to understand.
const cSource = "#include <stdlib.h>\n#include <dlfcn.h>\nint main(void) { return dlopen(0, RTLD_NOW) ? EXIT_SUCCESS : EXIT_FAILURE; }\n"

// compiler looks for the C compiler, which XLA's bindings need, and tries it.
func compiler(ctx context.Context, env provision.GoEnv) Finding {
	const what, install = "C compiler", "install gcc or clang, or set CC"
	words := strings.Fields(env.CC)
	if len(words) == 0 {
		return Finding{Broken, what, "the go command knows none", install}
	}
	path, err := exec.LookPath(words[0])
	if err != nil {
		return Finding{Broken, what, words[0] + " is not on PATH", install}
	}
	if env.CGO_ENABLED == "0" {
		return Finding{Broken, what, "CGO_ENABLED is 0", "set it to 1, or unset it (`go env -u CGO_ENABLED`): XLA's bindings are C"}
	}
	cmd := exec.CommandContext(ctx, path, append(words[1:], "-fsyntax-only", "-x", "c", "-")...)
	cmd.Stdin = strings.NewReader(cSource)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	if out, err := cmd.CombinedOutput(); err != nil {
		line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		if line == "" {
			line = err.Error()
		}
		return Finding{Broken, what, path + " does not compile: " + line, install + ", with the headers of the C library (libc6-dev)"}
	}
	return Finding{OK, what, path, ""}
}
