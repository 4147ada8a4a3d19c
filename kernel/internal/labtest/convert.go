package labtest

import (
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"circuitbook/kernel/internal/provision"
)

// Convert makes an HTML page NAME.html in the folder dir of each notebook,
// with the project's nbconvert and the arguments for it.
func Convert(t testing.TB, dir string, notebooks []string, args ...string) {
	t.Helper()
	d := newDen(t, "convert")
	cmd := exec.Command(python(t), slices.Concat([]string{"-m", "nbconvert", "--to", "html", "--output-dir", dir}, args, notebooks)...)
	cmd.Env = append(provision.PythonEnviron(),
		"JUPYTER_CONFIG_DIR="+d.sub(t, "config"), "JUPYTER_DATA_DIR="+d.sub(t, "data"),
		"JUPYTER_RUNTIME_DIR="+d.sub(t, "runtime"), "IPYTHONDIR="+d.sub(t, "ipython"), "JUPYTER_NO_CONFIG=1",
	)
	process, err := d.start(cmd)
	if err != nil {
		t.Fatalf("nbconvert: %v", err)
	}
	select {
	case err := <-process.ended:
		if err != nil {
			t.Fatalf("nbconvert: %v\n%s", err, process.said())
		}
	case <-time.After(time.Until(d.by(stepTimeout))):
		t.Fatalf("nbconvert: no end\n%s", process.said())
	}
}

// Screenshots is the folder for pictures of the screen: below the folder root
// if $CIRCUITBOOK_SCREENSHOTS is set, else one for the test's artifacts, which
// go test keeps with -artifacts.
func Screenshots(t *testing.T, root string) string {
	t.Helper()
	if os.Getenv(ScreenshotsEnv) == "" {
		return t.ArtifactDir()
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		t.Fatal(err)
	}
	return root
}

// ScreenshotsEnv names the variable that asks for screenshots to be kept.
const ScreenshotsEnv = "CIRCUITBOOK_SCREENSHOTS"
