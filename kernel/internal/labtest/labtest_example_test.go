package labtest_test

import (
	"fmt"
	"testing"
	"time"

	"circuitbook/kernel/internal/labtest"
	"circuitbook/kernel/internal/notebook"
)

// A test opens a notebook, runs it, and looks at what it shows. Its TestMain
// is func TestMain(m *testing.M) { os.Exit(labtest.Main(m)) }.
func Example() {
	_ = func(t *testing.T) {
		browser := labtest.StartBrowser(t) // skips the test where there is none
		server := labtest.Lab{Root: "testdata"}.Start(t)
		page := browser.Page(t)
		if err := server.Load(page); err != nil {
			t.Fatal(err)
		}
		if err := server.Notebook(page, "a.ipynb", true); err != nil {
			t.Fatal(err)
		}
		if err := page.RunAll(time.Minute); err != nil {
			t.Fatal(err)
		}
		if err := page.Await("panel.content.node.querySelector('img')", 10*time.Second); err != nil {
			t.Error(err)
		}
	}
}

func ExampleDisplays() {
	n, err := notebook.Parse([]byte(`{"nbformat": 4, "nbformat_minor": 4, "cells": [{"cell_type": "code", "source": "", "outputs": [
		{"output_type": "display_data", "data": {"text/html": "<p>seen</p>", "text/plain": "seen"}}]}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range labtest.Displays(n, labtest.WithHTML) {
		fmt.Println(d, d.HTML)
	}
	// Output: code cell 1, output 1 <p>seen</p>
}
