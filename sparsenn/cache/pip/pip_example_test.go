package pip_test

import (
	"context"
	"fmt"
	"strings"

	"circuitbook/sparsenn/cache/pip"
)

func ExampleCommand() {
	cmd, err := pip.Command(context.Background(), "--version")
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := cmd.Output()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Join(strings.Fields(string(out))[:2], " "))
	// Output: pip 26.3
}
