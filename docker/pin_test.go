package docker_test

import (
	"crypto/sha256"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const manifest = `{"schemaVersion": 2, "manifests": []}`

// pin runs pin.sh on a copy of the Dockerfile with the given base, and returns
// what it printed, the base that the file has then and its error.
func pin(t *testing.T, base string, args ...string) (out, after string, err error) {
	t.Helper()
	for _, tool := range []string{"curl", "sha256sum"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed, which pin.sh needs", tool)
		}
	}
	dir := t.TempDir()
	before := strings.Replace(read(t, "Dockerfile"), "ARG BASE="+match(t, "Dockerfile", `(?m)^ARG BASE=(.*)$`), "ARG BASE="+base, 1)
	for name, text := range map[string]string{"Dockerfile": before, "pin.sh": read(t, "pin.sh")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("sh", append([]string{filepath.Join(dir, "pin.sh")}, args...)...)
	cmd.Env = append(os.Environ(), "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	text, err := cmd.CombinedOutput()
	file := filepath.Join(dir, "Dockerfile")
	after = match(t, file, `(?m)^ARG BASE=(.*)$`)
	if got := strings.Replace(read(t, file), "ARG BASE="+after, "ARG BASE="+base, 1); got != before {
		t.Errorf("more than the base was changed")
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("files are left: %v", left)
	}
	return string(text), after, err
}

// failed checks that pin.sh said one line, with something in it, and changed nothing.
func failed(t *testing.T, base, want string, args ...string) {
	t.Helper()
	out, after, err := pin(t, base, args...)
	if err == nil || after != base || strings.Count(out, "\n") != 1 || !strings.Contains(out, want) || !strings.HasPrefix(out, "pin.sh: ") {
		t.Errorf("want one line with %q, an error and the base %s; have %q, %v and %s", want, base, out, err, after)
	}
}

func TestPinWithoutRegistry(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String() + "/library/debian:trixie-slim"
	l.Close()
	failed(t, closed, "no registry answered for "+closed)
	failed(t, closed, "nothing was changed")
	failed(t, closed, "no registry answered", "--print")
	failed(t, "debian", "is not REGISTRY/NAME:TAG")
	failed(t, closed, "want --print or nothing", "--help")
}

// registry is one that knows an image, and wants a token if token is not "".
func registry(t *testing.T, token, digest string) string {
	var server *httptest.Server
	mux := http.NewServeMux()
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("service") != "the service" || r.FormValue("scope") != "repository:library/debian:pull" {
			http.Error(w, "what for?", http.StatusBadRequest)
			return
		}
		fmt.Fprintf(w, `{"expires_in": 300, "token": %q}`, token)
	})
	mux.HandleFunc("/v2/library/debian/manifests/trixie-slim", func(w http.ResponseWriter, r *http.Request) {
		if token != "" && r.Header.Get("Authorization") != "Bearer "+token {
			w.Header().Set("WWW-Authenticate",
				fmt.Sprintf(`Bearer realm="%s/token",service="the service",scope="repository:library/debian:pull"`, server.URL))
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		if !strings.Contains(strings.Join(r.Header.Values("Accept"), ", "), "application/vnd.oci.image.index.v1+json") {
			http.Error(w, "of one platform only", http.StatusNotAcceptable)
			return
		}
		w.Header().Set("Docker-Content-Digest", digest)
		fmt.Fprint(w, manifest)
	})
	server = httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func TestPin(t *testing.T) {
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(manifest)))
	for _, token := range []string{"", "a-token.for_all"} {
		image := registry(t, token, digest) + "/library/debian:trixie-slim"
		want := image + "@" + digest
		if out, after, err := pin(t, image); err != nil || after != want || out != want+"\n" {
			t.Errorf("with the token %q: %q, %v; the base is %s, want %s", token, out, err, after, want)
		}
		// Again, from an older digest to that of today.
		if out, after, err := pin(t, image+"@sha256:"+strings.Repeat("0", 64)); err != nil || after != want {
			t.Errorf("pinned again: %q, %v; the base is %s, want %s", out, err, after, want)
		}
		if out, after, err := pin(t, image, "--print"); err != nil || after != image || out != want+"\n" {
			t.Errorf("--print: %q, %v; the base is %s, want %s", out, err, after, image)
		}
	}
	failed(t, registry(t, "", "sha256:"+strings.Repeat("1", 64))+"/library/debian:trixie-slim", "but sent "+digest)
	failed(t, registry(t, "", digest)+"/library/debian:bookworm", "answered 404")
}
