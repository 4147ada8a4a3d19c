package labtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"strings"
	"sync"
	"time"

	"circuitbook/sparsenn/suitetest"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// stepTimeout is that of every single step.
const stepTimeout = suitetest.Patience

// A Page is a tab of a Browser.
type Page struct {
	browser *Browser
	ctx     context.Context
	mu      sync.Mutex
	log     []string // what went wrong in the page
}

// maxLog bounds what is kept of a page's errors.
const maxLog = 20

func (p *Page) logf(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.log) < maxLog {
		p.log = append(p.log, fmt.Sprintf(format, args...))
	}
}

// Log is what the page reported as errors.
func (p *Page) Log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.log, "\n")
}

// run carries out actions within the timeout.
func (p *Page) run(timeout time.Duration, actions ...chromedp.Action) error {
	ctx, cancel := p.browser.den.within(p.ctx, timeout)
	defer cancel()
	return chromedp.Run(ctx, actions...)
}

// Open loads the address url and waits until everything in it is there.
func (p *Page) Open(url string) error {
	if err := p.run(stepTimeout, chromedp.Navigate(url)); err != nil {
		return fmt.Errorf("opening %s: %w", url, err)
	}
	return nil
}

// Eval evaluates the JavaScript expression, waits for it if it is a promise,
// and stores its value, through JSON, in result, unless that is nil.
func (p *Page) Eval(expression string, result any) error {
	return p.eval(stepTimeout, expression, result)
}

func (p *Page) eval(timeout time.Duration, expression string, result any) error {
	var text string
	// JSON is made in the page: what the protocol makes of values differs.
	wrapped := "(async () => JSON.stringify((await (" + expression + ")) ?? null))()"
	err := p.run(timeout, chromedp.Evaluate(wrapped, &text, func(e *runtime.EvaluateParams) *runtime.EvaluateParams {
		return e.WithAwaitPromise(true)
	}))
	if err != nil {
		return fmt.Errorf("evaluating %s: %w", brief(expression), err)
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal([]byte(text), result); err != nil {
		return fmt.Errorf("the value of %s: %w", brief(expression), err)
	}
	return nil
}

// brief is the beginning of an expression, for an error.
func brief(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 80 {
		return string(runes[:80]) + " ..."
	}
	return s
}

// Await waits until the JavaScript expression is true. Its error says what
// went wrong in the page meanwhile.
func (p *Page) Await(expression string, timeout time.Duration) error {
	end := p.browser.den.by(timeout)
	for wait := 20 * time.Millisecond; ; wait = min(2*wait, 300*time.Millisecond) {
		var done bool
		err := p.eval(time.Until(end), "(async () => !!(await ("+expression+")))()", &done)
		switch {
		case err == nil && done:
			return nil
		case p.ctx.Err() != nil:
			return errors.New("the browser is gone")
		case time.Now().After(end):
			// The last error, if any: a page that is still loading fails to evaluate too.
			return errors.Join(fmt.Errorf("after %v still not true: %s", timeout, brief(expression)), err, p.problem())
		}
		time.Sleep(wait)
	}
}

// problem is what the page reported, as an error.
func (p *Page) problem() error {
	if log := p.Log(); log != "" {
		return errors.New("the page reported:\n" + log)
	}
	return nil
}

// Dark tells the page that its reader prefers dark colours, or light ones.
func (p *Page) Dark(dark bool) error {
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	return p.run(stepTimeout, emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme},
	}))
}

// Resize gives the viewport another size, in CSS pixels.
func (p *Page) Resize(width, height int64) error {
	return p.run(stepTimeout, emulation.SetDeviceMetricsOverride(width, height, 1, false))
}

// Screenshot is the picture of the viewport, one pixel a CSS pixel, and the
// same as a PNG file.
func (p *Page) Screenshot() (image.Image, []byte, error) {
	var file []byte
	err := p.run(stepTimeout, chromedp.ActionFunc(func(ctx context.Context) (err error) {
		if err := page.BringToFront().Do(ctx); err != nil { // hidden pages are not drawn
			return err
		}
		file, err = page.CaptureScreenshot().WithOptimizeForSpeed(true).Do(ctx)
		return err
	}))
	if err != nil {
		return nil, nil, fmt.Errorf("taking a screenshot: %w", err)
	}
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, nil, fmt.Errorf("taking a screenshot: %w", err)
	}
	return img, file, nil
}
