package artifact

import (
	"bufio"
	"circuitbook/sparsenn/artifact/internal/disk"
	"circuitbook/sparsenn/tensorfile"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// killTensor is what the child of the kill test saves at a step: each value
// depends on the one of the step before, so that a step lost or done twice
// shows.
func killTensor(before []float32, step int) []float32 {
	after := make([]float32, len(before))
	for i := range after {
		after[i] = before[i]*0.5 + float32((step*31+i)%97)
	}
	return after
}

const killSize = 8_000

// The child resumes, checks what it resumed from, says so, and saves in a loop
// until it is killed. It prints a step when its save has returned.
func init() {
	children["save in a loop"] = func(args []string) error {
		r, err := Lock(args[0], "train", someConfig)
		if err != nil {
			return err
		}
		c, problems, err := r.Latest()
		if err != nil {
			return err
		}
		if len(problems) > 0 {
			return fmt.Errorf("problems: %v", problems)
		}
		if left, err := countTemporaries(r.Dir()); err != nil || left > 0 {
			return fmt.Errorf("%d leftovers, %w", left, err)
		}
		step, data := 0, make([]float32, killSize)
		want := data
		if c != nil {
			s, err := c.ReadState("model.safetensors")
			if err != nil {
				return err
			}
			step, data = c.Step, s.Dense[0].Data.([]float32)
			// Older terms are halved away, so that 60 of them tell all.
			for i := max(1, step-60); i <= step; i++ {
				want = killTensor(want, i)
			}
			for i := range data {
				if data[i] != want[i] {
					return fmt.Errorf("step %d holds %v at %d, want %v", step, data[i], i, want[i])
				}
			}
			log, err := c.ReadFile("metrics.jsonl")
			if err != nil {
				return err
			}
			if lines, err := ParseMetrics[int]("metrics.jsonl", log); err != nil || len(lines) != min(step, 50) || lines[len(lines)-1] != step {
				return fmt.Errorf("step %d has metrics %v, %v", step, lines, err)
			}
		}
		fmt.Println("resumed", step)
		for {
			step++
			data = killTensor(data, step)
			var log []byte
			for i := max(1, step-49); i <= step; i++ {
				if log, err = AppendMetric(log, i); err != nil {
					return err
				}
			}
			optimizer := binary.LittleEndian.AppendUint64(nil, uint64(step))
			err := r.Save(step, false, map[string]func(io.Writer) error{
				"model.safetensors": tensorfile.State{Dense: []tensorfile.Tensor{tensorfile.Float32s("w", []int{len(data)}, data)}}.Write,
				"metrics.jsonl":     content(string(log)),
				"optimizer.bin":     content(string(optimizer)),
			})
			if err != nil {
				return err
			}
			fmt.Println("saved", step)
		}
	}
}

func countTemporaries(dir string) (int, error) {
	entries, err := os.ReadDir(dir)
	n := 0
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), disk.Temporary) {
			n++
		}
	}
	return n, err
}

// TestKillWhileSaving kills a process that saves, again and again: the next one
// always finds a whole checkpoint, the last one that was reported as saved or
// the one that was being saved, and needs no hand. It ends when enough kills
// came in the midst of a save, which is seen by what they left.
func TestKillWhileSaving(t *testing.T) {
	wanted, seed := 100, uint64(1)
	if long {
		wanted, seed = 400, uint64(time.Now().UnixNano())
	}
	root := t.TempDir()
	random := rand.New(rand.NewPCG(seed, 0))
	reported, during, lost, kill := 0, 0, 0, 0
	for ; during < wanted; kill++ {
		if kill > 4*wanted {
			t.Fatalf("only %d of %d kills came in the midst of a save", during, kill)
		}
		cmd := childCommand(t, "save in a loop", root)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		if !lines.Scan() {
			t.Fatalf("kill %d, after step %d: the next start failed: %v", kill, reported, cmd.Wait())
		}
		resumed, err := strconv.Atoi(strings.TrimPrefix(lines.Text(), "resumed "))
		if err != nil {
			t.Fatalf("kill %d: %q", kill, lines.Text())
		}
		if resumed < reported || resumed > reported+1 {
			t.Fatalf("kill %d: step %d was saved, the next start resumed from %d", kill, reported, resumed)
		}
		if resumed == reported {
			lost++
		}
		// A save takes 5 to 50 ms, most of it syncing; the child does nothing else.
		reported = resumed
		time.AfterFunc(time.Duration(random.IntN(50_000))*time.Microsecond, func() { cmd.Process.Kill() })
		for lines.Scan() {
			if reported, err = strconv.Atoi(strings.TrimPrefix(lines.Text(), "saved ")); err != nil {
				t.Fatalf("kill %d: %q", kill, lines.Text())
			}
		}
		cmd.Wait()
		if cmd.ProcessState.Exited() {
			t.Fatalf("kill %d: the child ended by itself", kill)
		}
		dir, err := onlyRun(root)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := countTemporaries(dir); err != nil {
			t.Fatal(err)
		} else if n > 0 {
			during++
		}
	}
	t.Logf("%d kills, %d of them in the midst of a save, over %d saves; the step being saved was lost %d times", kill, during, reported, lost)
}

func onlyRun(root string) (string, error) {
	infos, err := List(root)
	if err == nil && len(infos) != 1 {
		err = errors.New("not one run")
	}
	if err != nil {
		return "", err
	}
	return infos[0].Dir(), infos[0].Problem
}
