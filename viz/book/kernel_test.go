//go:build unix

package book

import (
	"bytes"
	"encoding/gob"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"circuitbook/viz"
	"circuitbook/viz/charts"

	"github.com/google/go-cmp/cmp"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// cells are programs as a notebook would have them. The test binary runs one of them in a child
// process, as GoNB does with a cell.
var cells = map[string]func(){
	"show": func() { Check(Show(plot, table)) },
	"claim": func() {
		Check(Claim("loss", 2.5), ClaimInterval("accuracy", 0.9, 0.8, 1, 7), Provenance(map[string]any{"seed": 7}))
	},
	"twice":  func() { Check(Claim("loss", 1), Claim("loss", 2)) },
	"figure": func() { Check(Show(charts.Plot{Note: viz.Note{Title: "bad"}})) },
	"progress": func() {
		p := NewProgress("train", 5)
		for i := 1; i <= 5; i++ {
			p.Step(i, "loss 1")
		}
		Check(p.Done())
	},
	"deaf": func() {
		ackTimeout = 200 * time.Millisecond
		Check(Show(table))
	},
}

const cellEnv = "CIRCUITBOOK_TEST_CELL"

func TestMain(m *testing.M) {
	if run, ok := cells[os.Getenv(cellEnv)]; ok {
		run()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// runCell runs a cell below a fake of GoNB: two named pipes, of which the cell writes displays to
// one and reads acknowledgements from the other.
func runCell(t *testing.T, cell string, answer bool) (got []protocol.DisplayData, stdout, stderr string, err error) {
	t.Helper()
	dir := t.TempDir()
	out, back := filepath.Join(dir, "out"), filepath.Join(dir, "back")
	for _, p := range []string{out, back} {
		if err := syscall.Mkfifo(p, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Opened for both directions, so that no open waits for the other side.
	r, err := os.OpenFile(out, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	w, err := os.OpenFile(back, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()

	done := make(chan []protocol.DisplayData)
	go func() {
		var got []protocol.DisplayData
		dec, enc := gob.NewDecoder(r), gob.NewEncoder(w)
		for {
			var d protocol.DisplayData
			if err := dec.Decode(&d); err != nil {
				done <- got
				return
			}
			if v, ok := d.Data[protocol.MIMECommValue].(protocol.CommValue); ok && v.Address == protocol.GonbuiSyncAddress {
				if answer {
					_ = enc.Encode(&protocol.CommValue{Address: protocol.GonbuiSyncAckAddress, Value: v.Value})
				}
				continue
			}
			got = append(got, d)
		}
	}()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), cellEnv+"="+cell, protocol.GONB_PIPE_ENV+"="+out, protocol.GONB_PIPE_BACK_ENV+"="+back)
	var so, se bytes.Buffer
	cmd.Stdout, cmd.Stderr = &so, &se
	err = cmd.Run()
	// What was not acknowledged may still be in the pipe: it is read up to what gob does not know.
	if _, err := r.Write([]byte{0x80}); err != nil {
		t.Fatal(err)
	}
	got = <-done
	r.Close()
	return got, so.String(), se.String(), err
}

func TestCellShow(t *testing.T) {
	got, stdout, stderr, err := runCell(t, "show", true)
	if err != nil || stdout != "" || stderr != "" {
		t.Fatalf("%v, printed %q, %q", err, stdout, stderr)
	}
	if len(got) != 2 {
		t.Fatalf("%d displays, want 2", len(got))
	}
	want, err := plot.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[protocol.MIMEType]any{mimeHTML: want.HTML, mimeSVG: want.SVG, mimeText: want.Text}, got[0].Data); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestCellClaim(t *testing.T) {
	got, _, stderr, err := runCell(t, "claim", true)
	if err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	if len(got) != 3 {
		t.Fatalf("%d displays, want 3", len(got))
	}
	for i, want := range []struct {
		mime protocol.MIMEType
		data map[string]any
	}{
		{mimeClaim, map[string]any{"name": "loss", "value": 2.5}},
		{mimeClaim, map[string]any{"name": "accuracy", "value": 0.9, "lo": 0.8, "hi": 1.0, "n": 7}},
		{mimeProvenance, map[string]any{"seed": int64(7)}},
	} {
		if d := cmp.Diff(want.data, got[i].Data[want.mime]); d != "" {
			t.Errorf("display %d (-want +got):\n%s", i, d)
		}
	}
}

func TestCellProgress(t *testing.T) {
	got, _, stderr, err := runCell(t, "progress", true)
	if err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	if len(got) < 2 {
		t.Fatalf("%d displays", len(got))
	}
	for _, d := range got {
		if d.DisplayID == "" || d.DisplayID != got[0].DisplayID {
			t.Errorf("display of id %q, the first has %q", d.DisplayID, got[0].DisplayID)
		}
	}
	if svg, _ := got[len(got)-1].Data[mimeSVG].(string); !strings.Contains(svg, "5 of 5") {
		t.Errorf("ends with %q", svg)
	}
}

// TestCellErrors: one line on standard error, exit status 1, no stack trace.
func TestCellErrors(t *testing.T) {
	for cell, want := range map[string]string{
		"twice":  "error: claim \"loss\": claimed before; names are claimed once\n",
		"figure": "error: show: figure 1 of 1: plot \"bad\": no panels: no data to draw\n",
		"deaf":   "error: show: figure 1 of 1: the notebook's kernel did not acknowledge the output in time; restart the kernel\n",
	} {
		_, _, stderr, err := runCell(t, cell, cell != "deaf")
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 || stderr != want {
			t.Errorf("%s: %v, %q, want %q", cell, err, stderr, want)
		}
	}
}

// TestCellWithoutKernel: the pipe that the environment names is gone.
func TestCellWithoutKernel(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), cellEnv+"=show", protocol.GONB_PIPE_ENV+"="+missing, protocol.GONB_PIPE_BACK_ENV+"="+missing)
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "the notebook's kernel does not take output; restart the kernel") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestCellElsewhere: the same program outside a notebook prints text.
func TestCellElsewhere(t *testing.T) {
	for cell, want := range map[string]string{
		"claim":    "loss = 2.5\naccuracy = 0.9   [0.8, 1], n = 7\nseed 7\n",
		"progress": "train: 5 of 5 (100 %)",
		"show":     "p\n─\n",
	} {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), cellEnv+"="+cell, protocol.GONB_PIPE_ENV+"=", protocol.GONB_PIPE_BACK_ENV+"=")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v, printed\n%s\nwant\n%s", cell, err, out, want)
		}
	}
}
