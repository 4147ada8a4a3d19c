package report_test

import (
	"fmt"

	"circuitbook/kernel/internal/notebook"
	"circuitbook/kernel/internal/report"
)

func ExampleResults() {
	n, err := notebook.Parse([]byte(`{
	 "cells": [{"cell_type": "code", "metadata": {}, "source": "x", "outputs": [
	  {"output_type": "display_data", "metadata": {}, "data": {
	   "application/vnd.circuitbook.claim+json": {"name": "loss", "value": 0.1, "n": 3}}}]}],
	 "metadata": {}, "nbformat": 4, "nbformat_minor": 5
	}`))
	if err != nil {
		panic(err)
	}
	results := report.New()
	fmt.Println(results.Add(n.Cells[0]), results.Len())
	fmt.Println(results.Add(n.Cells[0]))
	// Output:
	// <nil> 2
	// claim loss: loss is claimed twice; give one of them another name
}
