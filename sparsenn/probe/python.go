package probe

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"circuitbook/sparsenn/cache/pip"
)

//go:embed labels.py
var script string

// span is the content of a string: bytes from to to, without the quotes.
type span struct {
	from, to int
	label    Label
}

// document is what Python found in one: its strings in order, or why it has none.
type document struct {
	spans []span
	err   error
}

// tokenize finds the strings of documents by a child process.
func tokenize(ctx context.Context, texts []string) (found []document, version string, err error) {
	python, err := pip.FindPython(ctx)
	if err != nil {
		return nil, "", err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	// -I: neither the environment nor the working folder gives it other modules.
	cmd := exec.CommandContext(running, python.Path, "-I", "-W", "ignore", "-c", script)
	cmd.WaitDelay = 5 * time.Second
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, "", err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	complaint := &tail{}
	cmd.Stderr = complaint
	if err := cmd.Start(); err != nil {
		return nil, "", fmt.Errorf("%s does not start: %w", python.Path, err)
	}
	go func() {
		defer in.Close()
		w := bufio.NewWriter(in)
		for _, t := range texts {
			fmt.Fprintf(w, "%d\n%s", len(t), t)
		}
		// Where the child died early, that is said by what it does not answer.
		_ = w.Flush()
	}()
	lines := bufio.NewReader(out)
	for i, t := range texts {
		line, e := lines.ReadBytes('\n')
		if e == nil {
			var d document
			if d, e = parseAnswer(line, t); e == nil {
				found = append(found, d)
				continue
			}
		} else if errors.Is(e, io.EOF) {
			e = errors.New("it ended")
		}
		stop()
		_ = cmd.Wait()
		if cause := context.Cause(ctx); cause != nil {
			return nil, "", cause
		}
		return nil, "", fmt.Errorf("%s, at document %d of %d: %w%s", python.Path, i, len(texts), e, complaint)
	}
	if err := cmd.Wait(); err != nil {
		return nil, "", fmt.Errorf("%s: %w%s", python.Path, err, complaint)
	}
	return found, python.Version(), nil
}

// parseAnswer reads what the child says of a document. An answer that does not
// fit the text is an error of the document where the strings are not between
// their quotes (some versions of Python lose count of columns), and otherwise of
// the child.
func parseAnswer(line []byte, text string) (document, error) {
	var answer struct {
		Error   string `json:"error"`
		Strings []struct {
			From  int    `json:"from"`
			To    int    `json:"to"`
			Quote string `json:"quote"`
		} `json:"strings"`
	}
	if err := json.Unmarshal(line, &answer); err != nil {
		return document{}, fmt.Errorf("an answer that is no JSON: %.80q: %w", line, err)
	}
	if answer.Error != "" {
		return document{err: errors.New(answer.Error)}, nil
	}
	var d document
	end := 0 // of the last string
	for _, s := range answer.Strings {
		label, ok := labelOf[s.Quote]
		if !ok {
			return document{}, fmt.Errorf("a string opened by %.20q", s.Quote)
		}
		n := len(s.Quote)
		if s.From < end+n || s.To < s.From || s.To > len(text)-n || text[s.From-n:s.From] != s.Quote || text[s.To:s.To+n] != s.Quote {
			return document{err: fmt.Errorf("no string from %d to %d in %s", s.From, s.To, s.Quote)}, nil
		}
		d.spans = append(d.spans, span{s.From, s.To, label})
		end = s.To + n
	}
	return d, nil
}

// tail keeps the last of what a child complains.
type tail struct{ b []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.b = append(t.b, p...)
	t.b = t.b[max(0, len(t.b)-2000):]
	return len(p), nil
}

// String is the last line, after a colon, or nothing.
func (t *tail) String() string {
	lines := strings.Split(strings.TrimSpace(string(bytes.ToValidUTF8(t.b, []byte("?")))), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return ": " + last
	}
	return ""
}
