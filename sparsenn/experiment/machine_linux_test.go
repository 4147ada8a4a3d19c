package experiment

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestShare: every process has as many processors as it may, of those that there
// are, and neighbours have others while there are enough.
func TestShare(t *testing.T) {
	var all unix.CPUSet
	for _, cpu := range []int{1, 4, 5, 9} {
		all.Set(cpu)
	}
	for _, c := range []struct {
		process, threads int
		want             []int
	}{{0, 1, []int{1}}, {1, 1, []int{4}}, {5, 1, []int{4}}, {1, 2, []int{5, 9}}, {2, 2, []int{1, 4}}, {0, 9, []int{1, 4, 5, 9}}} {
		own := share(all, c.process, c.threads)
		ok := own.Count() == len(c.want)
		for _, cpu := range c.want {
			ok = ok && own.IsSet(cpu)
		}
		if !ok {
			t.Errorf("process %d of %d threads: %v", c.process, c.threads, own)
		}
	}
}

// TestStartOn: the command sees its processors, and this process keeps its own.
func TestStartOn(t *testing.T) {
	var before, after unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		t.Skip(err)
	}
	var out bytes.Buffer
	cmd := exec.Command("grep", "Cpus_allowed_list", "/proc/self/status")
	cmd.Stdout = &out
	if err := startOn(cmd, 0, 1); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.ContainsAny(text, ",-") {
		t.Errorf("a command for one processor may use %s", text)
	}
	if err := unix.SchedGetaffinity(0, &after); err != nil || after != before {
		t.Errorf("%v before, %v after", before, after)
	}
}
