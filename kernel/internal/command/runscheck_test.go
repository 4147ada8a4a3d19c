package command

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRunsVerdict holds that every command has one verdict about a run, and one exit
// code: list as far as sizes tell, show and check of all.
func TestRunsVerdict(t *testing.T) {
	p := newRunsPlace(t)
	whole := p.make(t, p.own, "train", 1, 3, true)
	begun := p.make(t, p.own, "train", 2, -1, false)
	behind := p.make(t, p.own, "train", 3, 3, false)
	if err := behind.Save(7, true, nil); err != nil {
		t.Fatal(err)
	}
	committed := p.make(t, p.committed, "train", 4, 3, true)
	if code, out, problems := p.runs("check", "--all"); code != exitOK || problems != "" || !strings.HasSuffix(out, "\n4 runs checked\n") || strings.Contains(out, "damaged") {
		t.Errorf("exit code %d\n%s%s", code, out, problems)
	}
	manifest := filepath.Join(behind.Dir(), "checkpoint-0000000007", "manifest.json")
	flip := filepath.Join(committed.Dir(), "checkpoint-0000000003", "provenance.json")
	cut := filepath.Join(whole.Dir(), "checkpoint-0000000003", "model.safetensors")
	if err := os.Remove(manifest); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(flip)
	if err != nil {
		t.Fatal(err)
	}
	text[9] ^= 1
	if err := os.WriteFile(flip, text, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(cut, 99); err != nil {
		t.Fatal(err)
	}
	names := []string{whole.Name(), begun.Name(), behind.Name(), committed.Name()}
	verdicts := []string{"damaged", "no step yet", "damaged, whole at step 3", "damaged"}
	const rm = "after circuitbook runs rm NAME a notebook makes such a run again when it needs it\n"
	for _, args := range [][]string{{"list"}, {"check", "--all"}, append([]string{"check"}, names...), append([]string{"show"}, names...)} {
		code, out, problems := p.runs(args...)
		if code != exitFailed {
			t.Errorf("%q: exit code %d", args, code)
		}
		for i, name := range names {
			verdict := verdicts[i]
			if args[0] == "list" && name == committed.Name() {
				verdict = "finished, step 3"
			}
			if !regexp.MustCompile(`(?m)^` + name + `:? +` + verdict + `(?:  |,|$)`).MatchString(out) {
				t.Errorf("%q does not say that %s is %s:\n%s", args, name, verdict, out)
			}
		}
		for _, file := range []string{cut + `: tensor "weight": truncated: 99 bytes of`, manifest + ": missing", flip + ": damaged: its checksum"} {
			if args[0] == "list" {
				file = strings.Replace(file, `tensor "weight": `, "", 1)
			}
			if said := strings.Contains(out, file); said == (args[0] == "list" && strings.HasPrefix(file, flip)) {
				t.Errorf("%q: %q is said: %v\n%s", args, file, said, out)
			}
		}
		if !strings.Contains(problems, rm) || strings.Contains(problems, committed.Name()+"; they came with the notebooks") == (args[0] == "list") || strings.Contains(problems, begun.Name()) {
			t.Errorf("%q: the error is %s", args, problems)
		}
	}
	if code, out, _ := p.runs("check", begun.Name()); code != exitOK || out != begun.Name()+": no step yet\n1 run checked\n" {
		t.Errorf("exit code %d\n%s", code, out)
	}
	for _, args := range [][]string{{"check"}, {"check", "--all", whole.Name()}, {"check", "train-0123456789abcdef"}} {
		if code, out, problems := p.runs(args...); code != exitUsage || out != "" || problems == "" {
			t.Errorf("%q: exit code %d\n%s%s", args, code, out, problems)
		}
	}
}
