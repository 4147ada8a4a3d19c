package suitetest_test

import (
	"flag"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"circuitbook/sparsenn/suitetest"

	"pgregory.net/rapid"
)

// TestDefaults: rapid has the defaults that are set before it is initialised.
func TestDefaults(t *testing.T) {
	if !suitetest.Long {
		if f := flag.Lookup("rapid.seed"); f.DefValue != "1" && os.Getenv("RAPID_SEED") == "1" {
			t.Errorf("rapid's seed is %s by default", f.DefValue)
		}
	}
	if f := flag.Lookup("rapid.nofailfile"); f.DefValue != "true" {
		t.Errorf("rapid keeps failures: %s", f.DefValue)
	}
}

// TestDrawsTheSame: rapid still has the flags that are set, and draws by them.
func TestDrawsTheSame(t *testing.T) {
	if flag.Lookup("rapid.seed").Value.String() == "0" {
		t.Skip("fresh seeds were asked for")
	}
	draw := func() (drawn []uint64) {
		rapid.Check(t, func(t *rapid.T) { drawn = append(drawn, rapid.Uint64().Draw(t, "n")) })
		return drawn
	}
	if a, b := draw(), draw(); !slices.Equal(a, b) {
		t.Errorf("%v, then %v", a, b)
	}
}

// TestEveryPropertyTestIsFixed: whichever package's tests use rapid, they also
// import this package.
func TestEveryPropertyTestIsFixed(t *testing.T) {
	cmd := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .TestImports " "}} {{join .XTestImports " "}}`, "circuitbook/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		if words[0] == "circuitbook/sparsenn/suitetest" || !slices.Contains(words[1:], "pgregory.net/rapid") {
			continue
		}
		found++
		if !slices.Contains(words[1:], "circuitbook/sparsenn/suitetest") {
			t.Errorf(`the tests of %s use rapid; have one of their files import _ "circuitbook/sparsenn/suitetest", which fixes the seeds`, words[0])
		}
	}
	if found < 20 {
		t.Errorf("%d packages with property tests", found)
	}
}
