package shim

import (
	"strings"
	"testing"
)

func TestResolve(t *testing.T) {
	l := NewLookup(newSetup(t))
	for source, want := range map[string]string{
		"package main\nfunc main() { fmt.Println(json.Here) }":            `package main; import "fmt"; import "encoding/json"`,
		"package main\nimport \"fmt\"\nfunc main() { fmt.Println(":        "package main\n",
		"package main\nimport x \"fmt\"\nfunc main() { x.Println() }":     "package main\n",
		"package main\nfunc main() { train.Run(); fmt := 1; fmt.X() }":    `package main; import "circuitbook/sparsenn/train"`,
		"package main\nfunc main() { rand.Here }":                         `package main; import "crypto/rand"`,
		"package main\nfunc main() { rand.IntN(1) }":                      `package main; import "math/rand/v2"`,
		"package main\nfunc main() { nosuch.X(); var t T; t.Here }\ntype": "package main\n",
		"nothing": "nothing",
	} {
		if got := string(l.Resolve([]byte(source), "Here")); !strings.HasPrefix(got, want) {
			t.Errorf("%s:\n%s", source, got)
		}
	}
}
