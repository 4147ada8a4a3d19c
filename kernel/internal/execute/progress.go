package execute

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"circuitbook/kernel/internal/failure"
	"circuitbook/kernel/internal/notebook"
)

// When a cell that takes long says so, where the output is not a terminal.
const (
	firstAlive = 10 * time.Second
	nextAlive  = 30 * time.Second
)

// A Progress prints a line for each cell, and shows meanwhile that a cell
// that takes long is alive: on a terminal by a line that changes, elsewhere
// by a line from time to time.
type Progress struct {
	w     io.Writer
	total int

	mu      sync.Mutex
	number  int // the running cell, 0 for none
	title   string
	note    string
	start   time.Time
	alive   time.Time // when to say next that it is alive
	changes bool      // a line is shown that will be overwritten
	done    chan struct{}
}

// NewProgress returns a Progress for the given number of cells.
func NewProgress(w io.Writer, total int) *Progress {
	p := &Progress{w: w, total: total, done: make(chan struct{})}
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-p.done:
				return
			case now := <-tick.C:
				p.tick(now)
			}
		}
	}()
	return p
}

// Close ends the Progress.
func (p *Progress) Close() {
	close(p.done)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
}

// Begin says that a cell runs.
func (p *Progress) Begin(number int, source string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.number, p.title, p.note = number, title(source), ""
	p.start = time.Now()
	p.alive = p.start.Add(firstAlive)
}

// Note takes what the running cell last put out.
func (p *Progress) Note(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(failure.Plain(notebook.Overwrite(text))), "\n")
	p.note = strings.TrimSpace(lines[len(lines)-1])
}

// End says how the running cell ended.
func (p *Progress) End(verdict string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
	p.print(time.Now(), verdict, p.title)
	p.number = 0
}

// Line prints a line between those of the cells.
func (p *Progress) Line(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
	fmt.Fprintln(p.w, text)
}

func (p *Progress) tick(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.number == 0 {
		return
	}
	text := p.title
	if p.note != "" {
		text += " | " + p.note
	}
	if width := terminalWidth(p.w); width > 0 {
		line := fmt.Sprintf("[%d/%d] %.0fs ...  %s", p.number, p.total, now.Sub(p.start).Seconds(), text)
		fmt.Fprintf(p.w, "\r\x1b[K%s", clip(line, width-1))
		p.changes = true
		return
	}
	if now.After(p.alive) {
		p.alive = now.Add(nextAlive)
		p.print(now, "running", text)
	}
}

// print prints one line about the running cell.
func (p *Progress) print(now time.Time, verdict, text string) {
	line := fmt.Sprintf("[%d/%d] %.1fs %s  %s", p.number, p.total, now.Sub(p.start).Seconds(), verdict, text)
	fmt.Fprintln(p.w, clip(strings.TrimSpace(line), 160))
}

// wipe removes the line that changes.
func (p *Progress) wipe() {
	if p.changes {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.changes = false
	}
}

// clip shortens s to n characters and replaces what would move a cursor.
func clip(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:max(n-1, 0)]) + "…"
}

// terminalWidth returns the width of the terminal that w is, 0 if it is none.
func terminalWidth(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0
	}
	if size.Col == 0 {
		return 80
	}
	return int(size.Col)
}
