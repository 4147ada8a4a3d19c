package report

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBrowser(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	t.Setenv(BrowserEnv, "")
	saved := browsers
	t.Cleanup(func() { browsers = saved })
	browsers = browsers[:4] // without those at a fixed place
	if path, err := Browser(); !errors.Is(err, ErrNoBrowser) || !strings.Contains(err.Error(), "apt-get install chromium") {
		t.Errorf("on an empty PATH: %q, %v", path, err)
	}
	for _, name := range []string{"google-chrome", "chromium", "mine"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		want := name
		if name == "mine" {
			want = "chromium"
		}
		if path, err := Browser(); err != nil || path != filepath.Join(dir, want) {
			t.Errorf("with %s: %q, %v", name, path, err)
		}
	}
	t.Setenv(BrowserEnv, "mine")
	if path, err := Browser(); err != nil || path != filepath.Join(dir, "mine") {
		t.Errorf("a named browser: %q, %v", path, err)
	}
	t.Setenv(BrowserEnv, "absent")
	if path, err := Browser(); err == nil || errors.Is(err, ErrNoBrowser) || !strings.Contains(err.Error(), BrowserEnv) {
		t.Errorf("a named browser that is not there: %q, %v", path, err)
	}
}

// TestPrint prints a page, and fails to.
func TestPrint(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	if _, err := Browser(); errors.Is(err, ErrNoBrowser) {
		t.Skip(err)
	}
	dir := t.TempDir()
	page, pdf := filepath.Join(dir, "a page.html"), filepath.Join(dir, "a.pdf")
	if err := os.WriteFile(page, []byte("<!doctype html><title>x</title><p>Hello"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Print(t.Context(), page, pdf, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(pdf); err != nil || !bytes.HasPrefix(text, []byte("%PDF-")) {
		t.Errorf("%v: %.20q", err, text)
	}
	false_, err := filepath.Abs("testdata/none")
	if err != nil {
		t.Fatal(err)
	}
	if err := Print(t.Context(), page, filepath.Join(false_, "a.pdf"), t.TempDir()); err == nil || !strings.Contains(err.Error(), "printing the report") {
		t.Errorf("got %v", err)
	}
}
