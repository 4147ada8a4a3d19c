package labtest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"circuitbook/kernel/internal/notebook"
)

func TestDisplays(t *testing.T) {
	n, err := notebook.Parse([]byte(`{"nbformat": 4, "nbformat_minor": 4, "cells": [
		{"cell_type": "markdown", "source": "m"},
		{"cell_type": "code", "source": "", "outputs": []},
		{"cell_type": "code", "source": "", "outputs": [
			{"output_type": "stream", "name": "stdout", "text": "s"},
			{"output_type": "display_data", "data": {"text/html": ["<b>", "x</b>"], "image/svg+xml": "<svg/>", "text/plain": "x"}},
			{"output_type": "execute_result", "data": {"image/png": "iVBO", "text/plain": "p"}},
			{"output_type": "display_data", "data": {"text/html": "", "text/plain": "only"}},
			{"output_type": "display_data", "data": {"application/json": {"a": 1}}},
			{"output_type": "error", "ename": "E", "evalue": "", "traceback": []}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Display{{Cell: 1, Output: 1, HTML: "<b>x</b>"}, {Cell: 1, Output: 2, Images: 1}, {Cell: 1, Output: 3, Text: "only"}}
	if d := cmp.Diff(want, Displays(n, WithHTML)); d != "" {
		t.Error(d)
	}
	want[0] = Display{Cell: 1, Output: 1, Images: 1}
	if d := cmp.Diff(want, Displays(n, WithoutHTML)); d != "" {
		t.Error(d)
	}
	if got := want[1].String(); got != "code cell 2, output 3" {
		t.Errorf("got %q", got)
	}
}
