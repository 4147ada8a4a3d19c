package circuit_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"circuitbook/sparsenn/suitetest"

	. "circuitbook/sparsenn/circuit"

	"github.com/google/go-cmp/cmp"
)

func TestSaveAndLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.json")
	for _, want := range []*Circuit{full(), quotes()} {
		if err := want.Save(path); err != nil {
			t.Fatal(err)
		}
		got, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}
}

// TestFailedSaveKeepsTheFile: what cannot be written leaves what was there.
func TestFailedSaveKeepsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.json")
	if err := quotes().Save(path); err != nil {
		t.Fatal(err)
	}
	broken := full()
	broken.Ablation = ""
	mustContain(t, broken.Save(path), "ablation")
	if got, err := Load(path); err != nil || cmp.Diff(quotes(), got) != "" {
		t.Errorf("the file now holds %v, %v", got, err)
	}
	mustContain(t, quotes().Save(filepath.Join(path, "below", "a", "file")), "save circuit")
}

func TestLoadRefuses(t *testing.T) {
	dir := t.TempDir()
	_, err := Load(filepath.Join(dir, "absent.json"))
	mustContain(t, err, "absent.json")
	_, err = Load(dir)
	mustContain(t, err, "load circuit")
	bad := filepath.Join(dir, "bad.json")
	if err := os.WriteFile(bad, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = Load(bad)
	mustContain(t, err, bad+": decode circuit: format")
	// One byte too many, without as many bytes on disk.
	big, err := os.Create(filepath.Join(dir, "big.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer big.Close()
	if err := big.Truncate(1 << 40); err != nil {
		t.Fatal(err)
	}
	_, err = Load(big.Name())
	mustContain(t, err, "64 MiB")
}

// saveVariable makes the test binary save to that path until it is killed.
const saveVariable = "CIRCUITBOOK_CIRCUIT_TEST_SAVE"

func TestMain(m *testing.M) {
	if path := os.Getenv(saveVariable); path != "" {
		for i := 0; ; i++ {
			c := quotes()
			c.Task = fmt.Sprint(i)
			if err := c.Save(path); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
	}
	os.Exit(m.Run())
}

// TestKilledSave kills a process that saves in a loop; the file is whole each time.
func TestKilledSave(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "c.json")
	if err := quotes().Save(path); err != nil {
		t.Fatal(err)
	}
	kills := 8
	if suitetest.Long {
		kills = 200
	}
	last := ""
	for i := range kills {
		var stderr bytes.Buffer
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), saveVariable+"="+path)
		cmd.Stderr = &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Until it has saved something of its own, and then a little more.
		for deadline := time.Now().Add(suitetest.Patience); ; time.Sleep(time.Millisecond) {
			c, err := Load(path)
			if err != nil {
				t.Fatal(err)
			}
			if c.Task != last {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("nothing was saved; it said %q", stderr.String())
			}
		}
		time.Sleep(time.Duration(i%8) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		c, err := Load(path)
		if err != nil {
			t.Fatalf("after kill %d: %v", i, err)
		}
		last = c.Task
	}
}
