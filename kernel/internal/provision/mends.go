package provision

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"circuitbook/kernel/internal/module"
)

// A mend is a change of GoNB's source with which it is built: text of a file,
// which must stand there once, and what takes its place.
type mend struct{ file, old, new string }

// mends are what a kernel needs GoNB to do otherwise.
var mends = []mend{
	// What a program prints arrives in pieces that may end within a character.
	// GoNB would show the two parts of one as characters that are not valid. The
	// part that stands at the end of a piece waits for the rest: for the next
	// piece, or for the empty one that follows the last.
	{"internal/kernel/messages.go",
		"type jupyterStreamWriter struct {\n\tstream string\n\tmsg    Message\n}\n",
		"type jupyterStreamWriter struct {\n\tstream string\n\tmsg    Message\n\tpart   []byte\n}\n"},
	{"internal/kernel/messages.go",
		"return &jupyterStreamWriter{stream, msg}",
		"return &jupyterStreamWriter{stream: stream, msg: msg}"},
	{"internal/kernel/messages.go",
		"\tdata := string(p)\n",
		"\twhole := append(w.part, p...)\n\tend := len(whole)\n" +
			"\tfor i := len(whole) - 1; len(p) > 0 && i >= 0 && i > len(whole)-utf8.UTFMax; i-- {\n" +
			"\t\tif utf8.RuneStart(whole[i]) {\n\t\t\tif !utf8.FullRune(whole[i:]) {\n\t\t\t\tend = i\n\t\t\t}\n\t\t\tbreak\n\t\t}\n\t}\n" +
			"\tw.part = append([]byte(nil), whole[end:]...)\n\tdata := string(whole[:end])\n" +
			"\tif data == \"\" {\n\t\treturn len(p), nil\n\t}\n"},
	{"internal/kernel/messages.go", "\t\"time\"\n", "\t\"time\"\n\t\"unicode/utf8\"\n"},
	{"internal/jpyexec/jpyexec.go", "\tstreamersWG.Wait()\n",
		"\tstreamersWG.Wait()\n\t_, _ = exec.stdoutWriter.Write(nil)\n\t_, _ = exec.stderrWriter.Write(nil)\n"},
	// What a program displayed may still be on its way when it ends. All of it
	// has arrived when the pipe is at its end, which is not before somebody has
	// opened it for writing.
	{"internal/jpyexec/jpyexec.go", "\texitError error\n", "\texitError error\n\tread      chan struct{} // closed when pipeReader is at its end\n"},
	{"internal/jpyexec/jpyexec.go", "\texec.exitError = cmd.Wait()\n",
		"\texec.exitError = cmd.Wait()\n\tif exec.useNamedPipes {\n" +
			"\t\tif w, err := os.OpenFile(exec.namedPipeReaderPath, os.O_WRONLY, 0); err == nil {\n\t\t\t_ = w.Close()\n" +
			"\t\t\tselect {\n\t\t\tcase <-exec.read:\n\t\t\tcase <-time.After(time.Minute):\n\t\t\t}\n\t\t}\n\t}\n"},
	{"internal/jpyexec/namedpipes.go", "\texec.namedPipeReaderPath, err = exec.createTmpFifo()\n",
		"\texec.read = make(chan struct{})\n\texec.namedPipeReaderPath, err = exec.createTmpFifo()\n"},
	{"internal/jpyexec/namedpipes_dispatch.go", "func (exec *Executor) pollNamedPipeReader() {\n",
		"func (exec *Executor) pollNamedPipeReader() {\n\tdefer close(exec.read)\n"},
	// What cannot be shown is told, as what goes wrong with widgets is.
	{"internal/jpyexec/namedpipes_dispatch.go", "\t\tklog.Errorf(\"Failed to display data (ignoring): %v\", err)\n",
		"\t\texec.reportCellError(fmt.Errorf(\"a display cannot be shown: %v\", err))\n"},
	{"internal/jpyexec/namedpipes_dispatch.go", "\t\t\tklog.Infof(\"Named pipe: failed to parse message: %+v\", err)\n",
		"\t\t\texec.reportCellError(fmt.Errorf(\"a display was not sent whole: %v\", err))\n"},
	// GoNB looks for places in what a program complains of, for a form of error
	// that is not asked for, and ends with an index out of range where a time of
	// day is before one.
	{"internal/goexec/gonberror.go", "\tif col == -1 {\n\t\treturn \"\"\n", "\tif col < 1 {\n\t\treturn \"\"\n"},
	{"internal/goexec/execcode.go", "\tw.lineBuffer.Write(p)\n", "\tif w.state.rawError {\n\t\treturn n, nil\n\t}\n\tw.lineBuffer.Write(p)\n"},
}

// mendsKey says which mends there are, for the name of what is built with them.
func mendsKey() string { return fmt.Sprintf("%q", mends) }

// mended writes GoNB's source, as the module m requires it, with the mends
// into the folder dir, and returns a file go.mod like m's that has it built.
func mended(ctx context.Context, goCmd string, m *module.Module, dir string) (string, error) {
	cmd := exec.CommandContext(ctx, goCmd, "list", "-f", "{{.Module.Dir}}", gonbPath)
	cmd.Dir, cmd.Env = m.Dir, goEnviron()
	out, err := commandOutput(ctx, cmd)
	if err != nil {
		return "", fmt.Errorf("the source of GoNB: %w", err)
	}
	source := filepath.Join(dir, "gonb")
	if err := os.CopyFS(source, code{os.DirFS(strings.TrimSpace(out))}); err != nil {
		return "", err
	}
	for _, d := range mends {
		name := filepath.Join(source, filepath.FromSlash(d.file))
		text, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		if n := strings.Count(string(text), d.old); n != 1 {
			return "", fmt.Errorf("%s of GoNB holds %q %d times, not once: go.mod requires another version than the one that is mended", d.file, d.old, n)
		}
		if err := os.WriteFile(name, []byte(strings.Replace(string(text), d.old, d.new, 1)), 0o600); err != nil {
			return "", err
		}
	}
	text, err := os.ReadFile(filepath.Join(m.Dir, "go.mod"))
	if err != nil {
		return "", err
	}
	mod, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		return "", err
	}
	for _, r := range mod.Replace {
		if r.New.Version == "" && !filepath.IsAbs(r.New.Path) {
			if err := mod.AddReplace(r.Old.Path, r.Old.Version, filepath.Join(m.Dir, r.New.Path), ""); err != nil {
				return "", err
			}
		}
	}
	if err := mod.AddReplace(gonbPath, "", source, ""); err != nil {
		return "", err
	}
	if text, err = mod.Format(); err != nil {
		return "", err
	}
	sum, err := os.ReadFile(filepath.Join(m.Dir, "go.sum"))
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "go.mod")
	return file, errors.Join(os.WriteFile(file, text, 0o600), os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o600))
}

// code is a module less what is not compiled and is large.
type code struct{ fs.FS }

func (c code) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(c.FS, name)
	return slices.DeleteFunc(list, func(e fs.DirEntry) bool { return e.Name() == "docs" || e.Name() == "examples" }), err
}
