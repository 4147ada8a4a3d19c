package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// BrowserEnv names the variable that says which browser prints.
const BrowserEnv = "CIRCUITBOOK_BROWSER"

// ErrNoBrowser is what Browser fails with where none is installed.
var ErrNoBrowser = errors.New("no Chromium or Chrome on PATH: install one (on Debian: apt-get install chromium), or set $" + BrowserEnv + " to the program")

// browsers are the programs that are looked for, in order.
var browsers = []string{
	"chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
	"/Applications/Chromium.app/Contents/MacOS/Chromium",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
}

// Browser returns the browser that $CIRCUITBOOK_BROWSER names, else the first
// Chromium or Chrome on PATH. The error is ErrNoBrowser if there is none; a
// named browser that is not there is another error, since somebody asked for it.
func Browser() (string, error) {
	if named := os.Getenv(BrowserEnv); named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("$%s: %w", BrowserEnv, err)
		}
		return path, nil
	}
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoBrowser
}

// Print has a browser print the page to a PDF file. What the browser writes
// beside goes into the folder scratch.
func Print(ctx context.Context, page, pdf, scratch string) error {
	browser, err := Browser()
	if err != nil {
		return fmt.Errorf("printing the report: %w", err)
	}
	args := []string{
		"--headless", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer", "--disable-dev-shm-usage",
		"--user-data-dir=" + filepath.Join(scratch, "browser"), "--print-to-pdf=" + pdf,
	}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // its sandbox refuses root
	}
	cmd := exec.CommandContext(ctx, browser, append(args, "file://"+page)...)
	cmd.Env = append(os.Environ(), "HOME="+scratch, "XDG_CONFIG_HOME="+scratch, "XDG_CACHE_HOME="+scratch)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	err = cmd.Run()
	if info, missing := os.Stat(pdf); err == nil && (missing != nil || info.Size() == 0) {
		err = errors.New("it wrote nothing")
	}
	if err != nil {
		text := strings.TrimSpace(log.String())
		return fmt.Errorf("printing the report with %s: %w: %s", browser, err, text[max(0, len(text)-500):])
	}
	return nil
}
