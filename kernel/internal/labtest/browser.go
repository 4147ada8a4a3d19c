package labtest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"circuitbook/kernel/internal/report"
)

// A Browser is a running headless browser with a profile of its own. It
// reaches only this machine.
type Browser struct {
	den *den
	ctx context.Context // ends with the browser
}

// Size of a page's viewport in CSS pixels. It is tall, so that a screenshot
// holds many figures.
const (
	Width  = 1280
	Height = 3000
)

// StartBrowser starts the browser that report.Browser finds and ends it after the test.
// It skips the test where there is none, and in short tests.
func StartBrowser(t testing.TB) *Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a browser")
	}
	path, err := report.Browser()
	if errors.Is(err, report.ErrNoBrowser) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	b := &Browser{den: newDen(t, "browser")}
	profile := b.den.sub(t, "profile")
	process, err := b.den.start(exec.Command(path, append(flags, "--user-data-dir="+profile, "about:blank")...))
	if err != nil {
		t.Fatalf("starting %s: %v", path, err)
	}
	// The browser writes where it listens: a port, and a path.
	var address []string
	err = b.den.await(process, stepTimeout, func() bool {
		text, _ := os.ReadFile(filepath.Join(profile, "DevToolsActivePort"))
		address = strings.Fields(string(text))
		return len(address) == 2
	})
	if err != nil {
		t.Fatalf("starting %s: %v", path, err)
	}
	remote, stop := chromedp.NewRemoteAllocator(context.Background(), "ws://127.0.0.1:"+address[0]+address[1], chromedp.NoModifyURL)
	// Messages of a newer protocol are no errors of a test.
	ctx, cancel := chromedp.NewContext(remote, chromedp.WithErrorf(func(string, ...any) {}))
	t.Cleanup(func() {
		cancel()
		stop()
	})
	b.ctx = ctx
	if err := within(stepTimeout, func() error { return chromedp.Run(ctx) }); err != nil {
		t.Fatalf("connecting to %s: %v", path, err)
	}
	return b
}

// flags make the browser headless, alike everywhere, and silent: it talks to
// nothing but this machine.
var flags = []string{
	"--headless", "--remote-debugging-port=0",
	"--no-sandbox", // it shows our own pages, and the sandbox does not work in many containers
	"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", "--no-proxy-server",
	"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
	"--disable-extensions", "--disable-breakpad", "--no-first-run", "--no-default-browser-check",
	"--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding",
	"--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars", "--mute-audio",
	"--force-color-profile=srgb", "--password-store=basic", "--use-mock-keychain",
}

// within returns what f does, or an error when that takes too long.
func within(d time.Duration, f func() error) error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-time.After(d):
		return context.DeadlineExceeded
	}
}

// Page opens an empty page, which is closed after the test.
func (b *Browser) Page(t testing.TB) *Page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	p := &Page{browser: b, ctx: ctx}
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.APITypeError {
				for _, a := range e.Args {
					p.logf("console: %s%s", a.Description, a.Value)
				}
			}
		case *runtime.EventExceptionThrown:
			p.logf("exception: %s", e.ExceptionDetails.Error())
		}
	})
	t.Cleanup(func() {
		_ = within(5*time.Second, func() error { return chromedp.Cancel(ctx) })
		cancel()
	})
	// The context has no timeout: the page would end with it.
	err := within(stepTimeout, func() error {
		return chromedp.Run(ctx,
			emulation.SetDeviceMetricsOverride(Width, Height, 1, false),
			emulation.SetFocusEmulationEnabled(true), // JupyterLab's commands act on what has the focus
		)
	})
	if err != nil {
		t.Fatalf("opening a page: %v", err)
	}
	return p
}
