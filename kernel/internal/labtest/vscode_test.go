package labtest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"circuitbook/kernel/internal/module"
	"circuitbook/sparsenn/cache"
)

// nodeModules returns the folder with the npm packages of vscode/package-lock.json,
// made first if it is not there. It skips the test where that cannot be.
func nodeModules(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("needs Node.js")
	}
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("no %s on PATH: install Node.js 20 or newer (on Debian: apt-get install nodejs npm)", program)
		}
	}
	lock, err := os.ReadFile(filepath.Join("vscode", "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := cache.Sub("node-test")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(lock)
	dir := filepath.Join(root, hex.EncodeToString(sum[:8]))
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	if cache.Offline() {
		t.Skipf("the npm packages of this test: %v", cache.ErrOffline)
	}
	temp, err := os.MkdirTemp(root, ".tmp-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(temp)
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join("vscode", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(temp, name), text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	npm := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	npm.Dir = temp
	if out, err := npm.CombinedOutput(); err != nil {
		t.Skipf("the npm packages of this test cannot be fetched: %v\n%s", err, out)
	}
	if err := os.Rename(temp, dir); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	return dir
}

// visit runs vscode/client.mjs and stores what it saw.
func visit(t *testing.T, env []string, seen any, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", append([]string{filepath.Join("vscode", "client.mjs")}, args...)...)
	cmd.Env = append(cmd.Environ(), env...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err == nil {
		// A kernel may say something too.
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		err = json.Unmarshal([]byte(lines[len(lines)-1]), seen)
	}
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, said.String(), out)
	}
}

// A clientCell is what vscode/client.mjs saw of a cell.
type clientCell struct {
	Text     string
	Status   string
	Count    int
	Asked    []string
	Error    struct{ Ename, Evalue string }
	Displays []struct {
		Type, ID string
		Mimes    []string
		Data     map[string]any
	}
}

// last are the MIME types of the last display, and its text.
func (c clientCell) last() (kind string, mimes []string, text string) {
	if len(c.Displays) == 0 {
		return "", nil, ""
	}
	d := c.Displays[len(c.Displays)-1]
	text, _ = d.Data["text/plain"].(string)
	return d.Type, d.Mimes, text
}

// testVSCode does what VS Code does with a kernel of a Jupyter server. VS Code
// itself, its pages and its trust are not tried: no registry has it.
func testVSCode(t *testing.T, server *Server) {
	modules := nodeModules(t)
	var seen struct {
		Spec struct {
			Name, Language string
			Logos          []string
		}
		Info                                                                      struct{ Language, Extension, Mime string }
		Comms                                                                     struct{ Status string }
		Value, Kept, Figure, Updated, Input, Wrong, Interrupted, After, Restarted clientCell
		Complete                                                                  struct{ Matches []string }
		Inspect                                                                   struct {
			Found bool
			Data  map[string]string
		}
		IsComplete struct{ Status string }
	}
	visit(t, nil, &seen, modules, "server", server.URL, server.Token)
	if s := seen.Spec; s.Name != "Go (Circuitbook)" || s.Language != "go" || len(s.Logos) < 2 {
		t.Errorf("the kernelspec is %+v", s)
	}
	if i := seen.Info; i.Language != "go" || i.Extension != ".go" {
		t.Errorf("the kernel is %+v", i)
	}
	if seen.Comms.Status != "ok" {
		t.Errorf("asked for comms, it says %q", seen.Comms.Status)
	}
	if _, mimes, text := seen.Value.last(); seen.Value.Status != "ok" || text != "42" || seen.Value.Count != 1 {
		t.Errorf("6 * 7 is %q, %v: %+v", text, mimes, seen.Value)
	}
	if _, _, text := seen.Kept.last(); text != "7" {
		t.Errorf("a value is %q in the next cell: %+v", text, seen.Kept)
	}
	// VS Code shows the first of its own order that is there: HTML, or the picture, or text.
	_, mimes, _ := seen.Figure.last()
	t.Logf("a figure comes as %v, a mistake as %s: %s", mimes, seen.Wrong.Error.Ename, seen.Wrong.Error.Evalue)
	if !slices.Contains(mimes, "text/html") || !slices.Contains(mimes, "text/plain") {
		t.Errorf("a figure has the forms %v: %+v", mimes, seen.Figure)
	}
	if d := seen.Updated.Displays; len(d) != 2 || d[0].Type != "display_data" || d[1].Type != "update_display_data" || d[0].ID == "" || d[0].ID != d[1].ID || d[1].Data["text/html"] != "<b>2</b>" {
		t.Errorf("a display that is updated: %+v", d)
	}
	if len(seen.Input.Asked) != 1 || !strings.Contains(seen.Input.Text, "hello Ada") {
		t.Errorf("input: %+v", seen.Input)
	}
	if seen.Wrong.Status != "error" || !strings.Contains(seen.Wrong.Error.Evalue, "undefined: nosuch") {
		t.Errorf("a mistake: %+v", seen.Wrong)
	}
	if !slices.ContainsFunc(seen.Complete.Matches, func(s string) bool { return strings.Contains(s, "ToTitle") }) {
		t.Errorf("completions: %v", seen.Complete.Matches)
	}
	if !seen.Inspect.Found || !strings.Contains(seen.Inspect.Data["text/plain"], "func ToTitle") {
		t.Errorf("inspection: %+v", seen.Inspect)
	}
	if seen.IsComplete.Status != "incomplete" {
		t.Errorf("an open loop is %q", seen.IsComplete.Status)
	}
	if seen.Interrupted.Status != "error" || !strings.Contains(seen.Interrupted.Text, "on 1") {
		t.Errorf("interrupted: %+v", seen.Interrupted)
	}
	if seen.After.Status != "ok" || seen.After.Text != "on\n" || seen.Restarted.Text != "again\n" || seen.Restarted.Count != 1 {
		t.Errorf("after it %+v, restarted %+v", seen.After, seen.Restarted)
	}
}

// TestVSCodeRaw does what VS Code does with a kernel of the same machine: it starts it
// by its kernel.json, without any server, and talks ZeroMQ.
func TestVSCodeRaw(t *testing.T) {
	modules := nodeModules(t)
	m, err := module.Search{Cwd: "."}.Find()
	if err != nil {
		t.Fatal(err)
	}
	d := newDen(t, "vscode") // whose TMPDIR goes with the test
	var seen struct {
		InterruptMode string
		Info          struct {
			Status string
			Info   struct{ Name string } `json:"language_info"`
		}
		Value, Kept, Interrupted clientCell
		InterruptReply, Shutdown struct{ Status string }
		Exit                     *int
	}
	visit(t, []string{"TMPDIR=" + d.dir}, &seen, modules, "raw", filepath.Join(Install(t, m), "kernels", "circuitbook", "kernel.json"), d.sub(t, "work"))
	if _, _, text := seen.Kept.last(); text != "7" {
		t.Errorf("a value is %q in the next cell: %+v", text, seen.Kept)
	}
	if seen.InterruptMode != "message" || seen.Info.Status != "ok" || seen.Info.Info.Name != "go" {
		t.Errorf("the kernel is %+v", seen)
	}
	if _, mimes, text := seen.Value.last(); seen.Value.Status != "ok" || text != "42" {
		t.Errorf("6 * 7 is %q, %v: %+v", text, mimes, seen.Value)
	}
	if seen.InterruptReply.Status != "ok" || seen.Interrupted.Status != "error" || !strings.Contains(seen.Interrupted.Text, "on 1") {
		t.Errorf("interrupted: %+v, %+v", seen.InterruptReply, seen.Interrupted)
	}
	if seen.Shutdown.Status != "ok" || seen.Exit == nil || *seen.Exit != 0 {
		t.Errorf("shut down: %+v, exit %v", seen.Shutdown, seen.Exit)
	}
}
