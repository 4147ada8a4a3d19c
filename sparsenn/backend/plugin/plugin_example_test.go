package plugin_test

import (
	"context"
	"fmt"
	"os"

	"circuitbook/sparsenn/backend/plugin"
)

func ExampleFind() {
	p, err := plugin.Find()
	if err != nil {
		fmt.Println("none yet:", err)
		return
	}
	fmt.Println(p.Platform, p.Path, p.Version)
}

func ExampleEnsure() {
	p, err := plugin.Ensure(context.Background(), os.Stderr)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p)
}

func ExampleReport() {
	for _, line := range plugin.Report() {
		fmt.Println(line)
	}
}

func ExampleParseChoice() {
	choice, err := plugin.ParseChoice("xla:cpu")
	fmt.Println(choice.XLA, choice.Platform, err)
	// Output: true cpu <nil>
}
