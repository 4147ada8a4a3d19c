package notebook_test

import (
	"fmt"

	"circuitbook/kernel/internal/notebook"
)

func Example() {
	n, err := notebook.Parse([]byte(`{
	 "cells": [
	  {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": "var scale = \"tiny\"\nvar steps = 100", "outputs": []},
	  {"cell_type": "markdown", "metadata": {}, "source": "text"}
	 ],
	 "metadata": {}, "nbformat": 4, "nbformat_minor": 5
	}`))
	if err != nil {
		panic(err)
	}
	params, err := n.SetParams(map[string]string{"steps": "20"})
	if err != nil {
		panic(err)
	}
	fmt.Println(params)
	fmt.Println(n.Cells[0].Source)

	_, err = n.SetParams(map[string]string{"step": "20"})
	fmt.Println(err)
	// Output:
	// [scale string = "tiny" steps int = 20]
	// var scale = "tiny"
	// var steps = 20
	// parameters: unknown: step; the notebook has: scale string = "tiny", steps int = 20
}

func ExampleOverwrite() {
	fmt.Println(notebook.Overwrite("0%\r50%\r100%\ndone"))
	// Output:
	// 100%
	// done
}
