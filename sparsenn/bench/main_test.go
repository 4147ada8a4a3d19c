package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

func Example_list() {
	err := start(context.Background(), []string{"-list", "-only", "step"}, nil, os.Stdout, io.Discard)
	fmt.Println(err)
	// Output:
	// step: ours.dense jax.step jax.step.bisect torch.step torch.step.bisect
	// <nil>
}

func TestBadFlags(t *testing.T) {
	for args, want := range map[string]string{
		"-pairs 0": "must be positive", "-only nothing": "-list shows them", "step": `unexpected "step"`, "-x": "not defined",
		"worker {": "the worker's task",
	} {
		var out, log strings.Builder
		if err := start(t.Context(), strings.Fields(args), strings.NewReader(""), &out, &log); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", args, err)
		}
	}
}
