package execute

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode/utf8"

	"circuitbook/kernel/internal/failure"
	"circuitbook/kernel/internal/report"
	"circuitbook/kernel/internal/supervise"
)

// driver is the Python side: nbclient, driven by lines.
//
//go:embed driver.py
var driver string

// An event is one line from the driver.
type event struct {
	Event       string           `json:"event"`
	Text        string           `json:"text"`        // note: what a cell last said
	Cell        int              `json:"cell"`        // done: which of the job's cells
	Status      string           `json:"status"`      // done: ok, error, timeout, dead, stuck or broken
	Interrupted bool             `json:"interrupted"` // done
	Evalue      string           `json:"evalue"`      // of an error, or of what is broken
	Failure     *failure.Failure `json:"failure"`     // done: what the kernel says of an error, if it is ours
	Outputs     map[int][]any    `json:"outputs"`     // done: of each cell whose outputs changed
}

// A job is what the driver is told first.
type job struct {
	Kernel  string    `json:"kernel"`
	Cwd     string    `json:"cwd"`
	Timeout float64   `json:"timeout"` // seconds for each cell, 0 for no limit
	Cells   []jobCell `json:"cells"`
}

type jobCell struct {
	Source string   `json:"source"`
	Tags   []string `json:"tags"`
}

// A session is a running driver.
type session struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	mu     sync.Mutex // writing to in
	events chan event // closed when the driver has ended
	log    tail
	end    error // set when events is closed
}

// startSession starts the driver with the interpreter python and tells it
// the job.
func startSession(python string, env []string, guard *supervise.Guard, j job) (*session, error) {
	s := &session{cmd: exec.Command(python, "-c", driver), events: make(chan event, 64)}
	s.cmd.Env = env
	s.cmd.Stderr = &s.log
	s.cmd.WaitDelay = 5 * time.Second
	// In a group of its own, so that a Ctrl-C comes to it through us only.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var err error
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting Python: %w", err)
	}
	if err := guard.Kill(s.cmd.Process.Pid); err != nil {
		s.kill()
		return nil, errors.Join(err, s.cmd.Wait())
	}
	go s.read(out)
	line, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}
	return s, s.tell(string(line))
}

// read passes the driver's lines on until it has ended.
func (s *session) read(out io.Reader) {
	defer close(s.events)
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var e event
			dec := json.NewDecoder(bytes.NewReader(line))
			dec.UseNumber()
			if bad := dec.Decode(&e); bad != nil {
				s.end = fmt.Errorf("the driver said what is not understood: %w", bad)
				s.kill()
				break
			}
			s.events <- e
		}
		if err != nil {
			break
		}
	}
	if err := s.cmd.Wait(); s.end == nil {
		s.end = err
	}
}

// tell sends the driver one line.
func (s *session) tell(line string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := io.WriteString(s.in, line+"\n")
	return err
}

// kill ends the driver's process group; the kernel's supervisor notices.
func (s *session) kill() { _ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL) }

// close has the driver stop the kernel and waits for its end, not for ever.
func (s *session) close() {
	_ = s.tell("quit")
	limit := time.AfterFunc(10*time.Second, s.kill)
	defer limit.Stop()
	for range s.events { // whatever it still has to say
	}
}

// problem returns what the driver's log says about its end.
func (s *session) problem() error {
	text := strings.TrimSpace(s.log.String())
	if s.end != nil {
		text = strings.TrimSpace(s.end.Error() + "\n" + text)
	}
	if text == "" {
		text = "it ended without a word"
	}
	return errors.New(text)
}

// A tail keeps the end of what is written to it.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

// maxTail is how much a tail keeps.
const maxTail = 8 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - maxTail; over > 0 {
		for over < len(t.buf) && !utf8.RuneStart(t.buf[over]) {
			over++
		}
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf)
}

// template is what the report adds to nbconvert's page.
//
//go:embed report.html.j2
var template string

// A Page is a report to be written.
type Page struct {
	From, To string // the notebook, and the page
	Title    string
	Card     string // a piece of HTML that ends the page
	Dir      string // where the images lie that the notebook names; the notebook's folder if it is empty
}

// WriteHTML writes the page, by the interpreter python with the environment env,
// and says what it leaves out. The page is whole in one file and safe, as
// report.Draft says.
func WriteHTML(ctx context.Context, python string, env []string, p Page) (left []string, err error) {
	input, err := json.Marshal(map[string]string{"template": template, "card": p.Card})
	if err != nil {
		return nil, err
	}
	draft := p.To + ".json"
	cmd := exec.CommandContext(ctx, python, "-c", driver, "html", p.From, draft, p.Title)
	cmd.Env, cmd.Stdin = env, bytes.NewReader(input)
	var log tail
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Run(); err != nil {
		said := strings.TrimSpace(log.String())
		return nil, fmt.Errorf("the HTML report: %w: %s", err, said[strings.LastIndexByte(said, '\n')+1:])
	}
	defer os.Remove(draft)
	text, err := os.ReadFile(draft)
	if err != nil {
		return nil, err
	}
	var d report.Draft
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("the HTML report: %w", err)
	}
	dir := p.Dir
	if dir == "" {
		dir = filepath.Dir(p.From)
	}
	page, left, err := d.Safe(dir)
	if err != nil {
		return nil, fmt.Errorf("the HTML report: %w", err)
	}
	return left, os.WriteFile(p.To, page, 0o644)
}

// environ returns env for the driver, with Jupyter's folders below dir: what
// a user configured for Jupyter does not change a run, and what it leaves
// goes with dir.
func environ(env []string, dir string) []string {
	return append(env,
		"TMPDIR="+dir,
		"JUPYTER_PATH="+dir+"/data",
		"JUPYTER_DATA_DIR="+dir+"/data",
		"JUPYTER_CONFIG_DIR="+dir+"/config",
		"JUPYTER_RUNTIME_DIR="+dir+"/runtime",
		"JUPYTER_NO_CONFIG=1",
		"IPYTHONDIR="+dir+"/ipython",
	)
}
