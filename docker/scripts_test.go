package docker_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A trial is a run of a script: what it is given, and what it did.
type trial struct {
	env []string
	uid uint32 // if not 0 and the tests run as root, as this user
	out string
	err error
}

// run runs a command and keeps what it printed.
func (r *trial) run(name string, args ...string) *trial {
	cmd := exec.Command(name, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, r.env...)
	if r.uid != 0 && os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: r.uid, Gid: r.uid}}
	}
	text, err := cmd.CombinedOutput()
	r.out, r.err = string(text), err
	return r
}

// fails checks that the script ended with a line of its own, and nothing else.
func (r *trial) fails(t *testing.T, want string) {
	t.Helper()
	if r.err == nil || strings.Count(r.out, "\n") != 1 || !strings.Contains(r.out, want) {
		t.Errorf("want an error and one line with %q, have %v and %q", want, r.err, r.out)
	}
}

// write makes an executable file that everybody may read.
func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// place makes a folder that other users reach, with folders in it; those whose
// names end in "!" are read-only.
func place(t *testing.T, folders ...string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "docker-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for _, f := range append([]string{"."}, folders...) {
		name, closed := strings.CutSuffix(f, "!")
		mode := os.FileMode(0o777)
		if closed {
			mode = 0o555
		}
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(name, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// started runs start.sh with the given home, whose path is relative to /home
// there, as the uid 4321 or root.
func started(t *testing.T, uid uint32, dir string, env ...string) *trial {
	t.Helper()
	write(t, filepath.Join(dir, "start.sh"), read(t, "start.sh"))
	r := &trial{uid: uid, env: append([]string{"NB_USER=../" + dir + "/home", "NB_UID=1000", "NB_GID=100", "GOCACHE=" + dir,
		"CIRCUITBOOK_CACHE=" + dir + "/cache", "CIRCUITBOOK_MODULE=" + dir + "/module"}, env...)}
	return r.run("sh", filepath.Join(dir, "start.sh"), "echo", "started")
}

// TestStartRefuses: mistakes with users and volumes end with one line that says
// what to do.
func TestStartRefuses(t *testing.T) {
	if os.Getuid() == 0 {
		dir := place(t, "home", "home/work", "cache")
		started(t, 0, dir, "NB_UID=0").fails(t, "notebooks do not run as root here")
		started(t, 0, dir, "NB_UID=00").fails(t, "notebooks do not run as root here")
		started(t, 0, dir, "NB_UID=me").fails(t, "must be numbers")
		started(t, 0, dir, "NB_UID=-1").fails(t, "must be numbers")
		started(t, 0, dir, "NB_UID=").fails(t, "must be numbers")
		started(t, 0, dir, "NB_GID=").fails(t, "must be numbers")
		started(t, 0, dir, "NB_GID=users").fails(t, "must be numbers")
	} else {
		t.Log("not root: NB_UID and NB_GID are not tried")
	}
	started(t, 4321, place(t, "cache")).fails(t, "NB_USER is chosen when the image is built")
	started(t, 4321, place(t, "home!", "cache")).fails(t, "cannot write /home/../")
	started(t, 4321, place(t, "home", "home/work!", "cache")).fails(t, "/home/work: is the volume read-only?")
	started(t, 4321, place(t, "home", "home/work", "cache!")).fails(t, "/cache: add --group-add users")
}

// TestStart: the notebooks are put into an empty volume and left alone in
// another, and what cannot be signed is said.
func TestStart(t *testing.T) {
	dir := place(t, "home", "home/work", "cache", "module/notebooks", "bin")
	write(t, filepath.Join(dir, "module/notebooks/01_train.ipynb"), "shipped")
	path := "PATH=" + dir + "/bin:" + os.Getenv("PATH")
	write(t, filepath.Join(dir, "bin/trust.py"), "#!/bin/sh\necho signed \"$1\" >>\""+dir+"/home/signed\"\n")
	if r := started(t, 4321, dir, path); r.err != nil || r.out != "started\n" {
		t.Fatalf("%v: %q", r.err, r.out)
	}
	mine := filepath.Join(dir, "home/work/notebooks/01_train.ipynb")
	if got := read(t, mine); got != "shipped" {
		t.Errorf("the volume's notebook is %q", got)
	}
	if got := read(t, filepath.Join(dir, "home/signed")); got != "signed /home/../"+dir+"/home/work/.trust\n" {
		t.Errorf("signed: %q", got)
	}
	if err := os.WriteFile(mine, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "bin/trust.py"), "#!/bin/sh\nexit 1\n")
	if r := started(t, 4321, dir, path); r.err != nil || !strings.Contains(r.out, "could not be signed") || !strings.HasSuffix(r.out, "\nstarted\n") {
		t.Errorf("%v: %q", r.err, r.out)
	}
	if got := read(t, mine); got != "mine" {
		t.Errorf("the volume's notebook became %q", got)
	}
}

func TestHealthCheck(t *testing.T) {
	dir := t.TempDir()
	check := func() *trial {
		return (&trial{env: []string{"JUPYTER_RUNTIME_DIR=" + dir, "http_proxy=http://127.0.0.1:9"}}).run("python3", "healthcheck.py")
	}
	check().fails(t, "no Jupyter server was started here")
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/base/api" {
			status = http.StatusNotFound
		}
		w.WriteHeader(status)
	}))
	write(t, filepath.Join(dir, "jpserver-7.json"), `{"url": "`+server.URL+`/base/"}`)
	if r := check(); r.err != nil {
		t.Errorf("the server answers, but: %v: %s", r.err, r.out)
	}
	status = http.StatusInternalServerError
	check().fails(t, "/base/api does not answer: HTTP Error 500")
	server.Close()
	check().fails(t, "/base/api does not answer: ")
	write(t, filepath.Join(dir, "jpserver-7.json"), "")
	check().fails(t, "jpserver-7.json")
}

// TestBuildLends: what the machine has of settings reaches a step of a build as
// it was, by secrets that are gone afterwards, and nothing of it by arguments.
func TestBuildLends(t *testing.T) {
	dir := t.TempDir()
	// An engine that does what the steps do: look into the secrets.
	write(t, filepath.Join(dir, "buildah"), `#!/bin/sh
echo "args: $*"
mkdir "$KEEP/secrets"
for arg; do
	case $arg in id=*) id=${arg#id=} && cp "${arg#*src=}" "$KEEP/secrets/${id%%,*}" && echo "secret: ${arg#*src=}" ;; esac
done
`)
	for name, text := range map[string]string{
		"ca": "a certificate\n", "pip.conf": "[global]\nindex-url = secret-pip\n",
		"apt.conf": "Acquire::Retries \"7\";\n", "sources.list": "deb secret-mirror trixie main\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	odd := `https://secret-user:it's "$HOME" \ #!@example.invalid/simple`
	env := []string{"ENGINE=" + dir + "/buildah", "KEEP=" + dir, "TMPDIR=" + dir, "HOME=" + dir, "PIP_INDEX_URL=" + odd, "GOPROXY=secret-go,off",
		"https_proxy=http://secret-proxy:1", "BASE=localhost/base:1", "CA=" + dir + "/ca", "PIP_CONFIG_FILE=" + dir + "/pip.conf",
		"APT_CONF=" + dir + "/apt.conf", "APT_SOURCES=" + dir + "/sources.list"}
	r := (&trial{env: env}).run("sh", "build.sh", "cpu", "--pull=never")
	if r.err != nil {
		t.Fatalf("%v: %s", r.err, r.out)
	}
	args, _, _ := strings.Cut(r.out, "\n")
	for _, want := range []string{"args: build ", " BASE=localhost/base:1 ", " -t localhost/circuitbook:cpu ", " -f docker/Dockerfile ", "--pull=never", " ."} {
		if !strings.Contains(args, want) {
			t.Errorf("no %q in %s", want, args)
		}
	}
	if strings.Contains(r.out, "secret-") {
		t.Errorf("settings are among the arguments: %s", r.out)
	}
	left, err := filepath.Glob(dir + "/tmp*")
	if err != nil || len(left) != 0 {
		t.Errorf("secrets are left behind: %v, %v", left, err)
	}

	lent := dir + "/secrets"
	step := (&trial{env: []string{"SECRETS_DIR=" + lent}}).run("sh", "with-settings.sh", "sh", "-c",
		`printf '%s\n' "$PIP_INDEX_URL" "$GOPROXY" "$https_proxy" "$SSL_CERT_FILE" "$PIP_CONFIG_FILE" "$APT_CONFIG"`)
	want := strings.Join([]string{odd, "secret-go,off", "http://secret-proxy:1", lent + "/ca", lent + "/pip", lent + "/apt", ""}, "\n")
	if step.err != nil || step.out != want {
		t.Errorf("a step has %v\n%s\nwant\n%s", step.err, step.out, want)
	}
	for name, want := range map[string]string{
		"ca": "a certificate", "pip": "secret-pip", "sources": "secret-mirror",
		"apt": "Acquire::https::CAInfo \"/run/secrets/ca\";\nDir::Etc::sourcelist \"/run/secrets/sources\"; Dir::Etc::sourceparts \"-\";\nAcquire::Retries",
	} {
		if got := read(t, filepath.Join(lent, name)); !strings.Contains(got, want) {
			t.Errorf("the secret %s is %q, want %q", name, got, want)
		}
	}
}

// TestScriptsRefuse: what they cannot do, they say in a line.
func TestScriptsRefuse(t *testing.T) {
	(&trial{}).run("sh", "build.sh", "tpu").fails(t, "build.sh: tpu: want cpu or cuda")
	(&trial{env: []string{"ENGINE=true", "APT_CONF=/nowhere"}}).run("sh", "build.sh").fails(t, "APT_CONF=/nowhere: there is no such file")
	(&trial{}).run("sh", "cuda-layout.sh", t.TempDir()).fails(t, "has the wheel another layout?")

	// Where there is nothing but the shell's usual tools.
	dir := t.TempDir()
	for _, tool := range []string{"sh", "bash", "dirname", "env"} {
		found, err := exec.LookPath(tool)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(found, filepath.Join(dir, tool)); err != nil {
			t.Fatal(err)
		}
	}
	bare := []string{"PATH=" + dir}
	(&trial{env: bare}).run("sh", "build.sh").fails(t, "none of docker (with its service), podman and buildah is here")
	(&trial{env: bare}).run("bash", "try.sh").fails(t, "try.sh: buildah is not here: apt-get install buildah")
}
