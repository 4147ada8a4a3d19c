package notebook

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	_ "circuitbook/sparsenn/suitetest"
)

// ids are the cells' ids as the notebook is written.
func ids(t testing.TB, n *Notebook) (list []any) {
	t.Helper()
	text, err := n.Encode()
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Cells []map[string]any }
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	for _, c := range got.Cells {
		list = append(list, c["id"])
	}
	return list
}

func withIDs(ids ...any) map[string]any {
	cells := []any{}
	for _, id := range ids {
		cell := map[string]any{"cell_type": "markdown", "metadata": map[string]any{}, "source": "x"}
		if id != "absent" {
			cell["id"] = id
		}
		cells = append(cells, cell)
	}
	return map[string]any{"nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{}, "cells": cells}
}

func TestMendIDs(t *testing.T) {
	for _, c := range []struct{ from, want []any }{
		{[]any{"a", "B_9-", strings.Repeat("x", 64)}, []any{"a", "B_9-", strings.Repeat("x", 64)}},
		{[]any{nil, "a b", "../x", "", 3, "absent", map[string]any{}}, []any{"cell-1", "cell-2", "cell-3", "cell-4", "cell-5", "cell-6", "cell-7"}},
		{[]any{strings.Repeat("x", 65), "ä", "a\n"}, []any{"cell-1", "cell-2", "cell-3"}},
		{[]any{"a", "a", "a"}, []any{"a", "cell-2", "cell-3"}},
		{[]any{nil, "cell-1", "cell-1-", nil, "cell-4"}, []any{"cell-1--", "cell-1", "cell-1-", "cell-4-", "cell-4"}},
	} {
		text, err := json.Marshal(withIDs(c.from...))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, ids(t, parse(t, string(text)))); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.from, diff)
		}
	}
	// Older formats have none.
	older := withIDs("absent", "absent")
	older["nbformat_minor"] = 4
	text, err := json.Marshal(older)
	if err != nil {
		t.Fatal(err)
	}
	if got := ids(t, parse(t, string(text))); got[0] != nil || got[1] != nil {
		t.Errorf("a notebook of format 4.4 gets ids: %v", got)
	}
}

// TestMendAnyIDs holds that every id is one that Jupyter takes, none occurs twice, and
// no good one changes unless an earlier cell has it.
func TestMendAnyIDs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		from := rapid.SliceOf(rapid.OneOf(
			rapid.SampledFrom([]string{"a", "a", "cell-1", "cell-2", "cell-2-", "cell-3--", "", " "}), rapid.StringN(0, 66, -1),
		).AsAny()).Draw(rt, "ids")
		text, err := json.Marshal(withIDs(from...))
		if err != nil {
			rt.Fatal(err)
		}
		n, err := Parse(text)
		if err != nil {
			rt.Fatal(err)
		}
		got := ids(t, n)
		for i, id := range got {
			if !idForm.MatchString(id.(string)) || slices.Contains(got[:i], id) {
				rt.Errorf("%q became %q", from, got)
			}
			if idForm.MatchString(from[i].(string)) && !slices.Contains(from[:i], from[i]) && id != from[i] {
				rt.Errorf("%q became %q", from, got)
			}
		}
	})
}

// TestByteOrderMark holds that marks before a notebook do not matter, and that a
// notebook in UTF-16 is told as such.
func TestByteOrderMark(t *testing.T) {
	for _, marks := range []string{"\ufeff", "\ufeff\ufeff"} {
		if got := parse(t, marks+small).SourceHash(); got != parse(t, small).SourceHash() {
			t.Errorf("%q before a notebook changes it", marks)
		}
	}
	for text, want := range map[string]string{"\ufeff": "empty", "\ufeff{": "in the middle", "\xff\xfe{\x00": "UTF-16", "\xfe\xff\x00{": "UTF-16"} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
