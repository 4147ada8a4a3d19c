package labtest

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"circuitbook/kernel/internal/provision"
)

// Lab describes a JupyterLab to start. It listens on 127.0.0.1 at a port that
// is free, asks for a token, and has folders of its own for configuration,
// data and runtime files: it knows neither the user's settings, nor the
// user's kernels, nor which notebooks the user trusts.
type Lab struct {
	// Root is the folder that it serves.
	Root string
	// Command starts JupyterLab when arguments for it are appended; by
	// default it is the python of the environment that the project provides.
	Command []string
	// Env holds variables, as NAME=VALUE, beyond those of the test.
	Env []string
	// Windowing is JupyterLab's setting for cells out of view; by default
	// "none", which renders all cells at once. "full" is JupyterLab's own.
	Windowing string
}

// A Server is a running JupyterLab.
type Server struct {
	URL   string // ends in a slash
	Token string
	den   *den
}

// Start starts the JupyterLab and ends it, and the kernels that it started,
// after the test.
func (l Lab) Start(t testing.TB) *Server {
	t.Helper()
	d := newDen(t, "lab")
	command := l.Command
	if command == nil {
		command = []string{python(t), "-m", "jupyterlab"}
	}
	s := &Server{Token: rand.Text(), den: d}
	if l.Windowing == "" {
		l.Windowing = "none"
	}
	l.settings(t, d)
	cmd := exec.Command(command[0], append(command[1:len(command):len(command)],
		"--no-browser", "--allow-root", "--expose-app-in-browser",
		"--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--ServerApp.root_dir="+l.Root,
		"--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
	)...)
	cmd.Dir = l.Root
	own := slices.DeleteFunc(provision.PythonEnviron(), func(kv string) bool { return strings.HasPrefix(kv, "JUPYTER") })
	cmd.Env = slices.Concat(own, l.Env, []string{
		"JUPYTER_TOKEN=" + s.Token,
		"JUPYTER_CONFIG_DIR=" + d.sub(t, "config"),
		"JUPYTER_DATA_DIR=" + d.sub(t, "data"),
		"JUPYTER_RUNTIME_DIR=" + d.sub(t, "runtime"),
		"JUPYTERLAB_SETTINGS_DIR=" + d.sub(t, "settings"),
		"JUPYTERLAB_WORKSPACES_DIR=" + d.sub(t, "workspaces"),
		"IPYTHONDIR=" + d.sub(t, "ipython"),
	})
	process, err := d.start(cmd)
	if err != nil {
		t.Fatalf("starting JupyterLab: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("JupyterLab said:\n%s", process.said())
		}
		// The polite way, so that it ends its kernels; the guard does the rest.
		if _, err := s.do(http.MethodPost, "api/shutdown"); err != nil {
			return
		}
		select {
		case <-process.ended:
		case <-time.After(5 * time.Second): // the guard ends it
		}
	})
	err = d.await(process, stepTimeout, func() bool {
		s.find(filepath.Join(d.dir, "runtime"))
		status, err := s.do(http.MethodGet, "api/status")
		return err == nil && status == http.StatusOK
	})
	if err != nil {
		t.Fatalf("starting JupyterLab: %v", err)
	}
	return s
}

// settings writes what this JupyterLab is to do otherwise.
func (l Lab) settings(t testing.TB, d *den) {
	t.Helper()
	for name, values := range map[string]map[string]any{
		"notebook-extension/tracker":      {"windowingMode": l.Windowing},
		"apputils-extension/notification": {"checkForUpdates": false, "fetchNews": "false"},
	} {
		file := filepath.Join(d.sub(t, "settings", "@jupyterlab", filepath.Dir(name)), filepath.Base(name)+".jupyterlab-settings")
		text, err := json.Marshal(values)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// python is the interpreter of the environment that the project provides,
// made first if it is not there.
func python(t testing.TB) string {
	t.Helper()
	python, err := provision.EnsurePython(t.Context(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	return python
}

// find looks in the folder runtime for the file in which the server says
// where it listens.
func (s *Server) find(runtime string) {
	files, _ := filepath.Glob(filepath.Join(runtime, "jpserver-*.json"))
	for _, name := range files {
		var info struct{ URL string }
		if text, err := os.ReadFile(name); err == nil && json.Unmarshal(text, &info) == nil {
			s.URL = info.URL
		}
	}
}

var client = http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{Proxy: nil}}

// do sends a request without a body and returns the status of the answer.
func (s *Server) do(method, path string) (int, error) {
	req, err := http.NewRequest(method, s.URL+path, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "token "+s.Token)
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// address is the address of a page of the server, with the token in it.
func (s *Server) address(path string) string {
	return s.URL + path + "?token=" + url.QueryEscape(s.Token)
}
