package main

import (
	"context"
	"io"
	"strings"
	"testing"
)

// TestFlags: what is mistyped ends in an error that names it, before anything is
// trained.
func TestFlags(t *testing.T) {
	for want, args := range map[string][]string{
		`scale "huge"`:                     {"-scale", "huge"},
		`unexpected argument`:              {"laptop"},
		"flag provided but not":            {"-sparse"},
		"none.jsonl: no such":              {"-task", "none.jsonl"},
		"bad.jsonl: line 2: ":              {"-task", "testdata/good.jsonl", "-task", "testdata/bad.jsonl"},
		"testdata is not named like a run": {"-run", "testdata"},
		"is not of a training run":         {"-run", "testdata/odd-481c08322d67c3a9"},
		// Both files are read, and the next mistake is found.
		`scale "none"`: {"-task", "testdata/good.jsonl", "-scale", "none"},
	} {
		if err := run(context.Background(), args, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want one with %q", args, err, want)
		}
	}
}
