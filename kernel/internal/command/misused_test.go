package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMisused holds what is said of a command line that is not understood.
func TestMisused(t *testing.T) {
	for args, want := range map[string]string{
		"excute a.ipynb":       "there is no command excute; there are run, runs, lab, python, install, uninstall, doctor, selftest (see circuitbook --help)",
		"a.ipynb":              "a.ipynb is no command: circuitbook run a.ipynb executes it",
		"runs remove x":        "there is no command runs remove; there are list, show, check, rm, copy (see circuitbook runs --help)",
		"run a.ipynb b":        "unexpected argument b: circuitbook run takes one notebook; a parameter is set by -p NAME=VALUE, in one word (see circuitbook run --help)",
		"run a --report b.pdf": "unexpected argument b.pdf: circuitbook run takes one notebook; --out names the folder that its report goes to, and --pdf prints that",
		"doctor x":             "unexpected argument x: circuitbook doctor takes none",
		"run a.ipynb --outt x": "unknown flag --outt, did you mean \"--out\"? (see circuitbook run --help)",
		"run a.ipynb --out":    "--out needs a value (see circuitbook run --help)",
		"run a.ipynb -p":       "needs a value (see circuitbook run --help)",
		"run a --timeout 90":   "--timeout: \"90\" is no time: give a number with its unit, as 90s or 10m",
		"help excute":          "there is no command excute",
		"lab nosuch":           "there is nothing to open: stat nosuch: no such file",
		"run good":             "is good.ipynb meant?",
		"run python.ipynb":     "python.ipynb is a notebook in python, and only those in Go are run",
		"install --prefix f":   "f is a file, and nothing can be installed below it",
	} {
		dir := t.TempDir()
		t.Chdir(dir)
		t.Setenv("CIRCUITBOOK_MODULE", dir)
		for name, text := range map[string]string{
			"go.mod": "module circuitbook\n\ngo 1.26\n", "f": "", "good.ipynb": "{}",
			"python.ipynb": `{"nbformat":4,"nbformat_minor":4,"metadata":{"kernelspec":{"language":"python"}},"cells":[]}`,
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		var out, problems strings.Builder
		if code := run(strings.Fields(args), &out, &problems); code != exitUsage || out.Len() > 0 || !strings.Contains(problems.String(), want) {
			t.Errorf("%s: exit code %d, want %q in\n%s%s", args, code, want, out.String(), problems.String())
		}
	}
	var out, problems strings.Builder
	if code := run([]string{"help", "run"}, &out, &problems); code != exitOK || !strings.Contains(out.String(), "Usage: circuitbook run") {
		t.Errorf("exit code %d\n%s%s", code, out.String(), problems.String())
	}
}
