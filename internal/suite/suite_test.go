package suite

import (
	"flag"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestFixSeeds: fixed, unless the run is long or a person says otherwise.
func TestFixSeeds(t *testing.T) {
	for name, c := range map[string]struct {
		environ uint64 // what RAPID_SEED says: the default of rapid's own flag
		args    []string
		long    bool
		want    uint64
	}{
		"as it is":    {want: 1},
		"long":        {long: true, want: 0},
		"a flag":      {args: []string{"-rapid.seed=7"}, want: 7},
		"a variable":  {environ: 8, want: 8},
		"both":        {environ: 8, args: []string{"-rapid.seed=7"}, want: 7},
		"a long flag": {long: true, args: []string{"-rapid.seed=7"}, want: 7},
		"a fresh one": {args: []string{"-rapid.seed=0"}, want: 0},
	} {
		flags := flag.NewFlagSet("test", flag.ContinueOnError)
		seed := flags.Uint64("rapid.seed", c.environ, "")
		noFile := flags.Bool("rapid.nofailfile", false, "")
		if err := fixSeeds(flags, c.long); err != nil {
			t.Fatal(err)
		}
		if err := flags.Parse(c.args); err != nil {
			t.Fatal(err)
		}
		if *seed != c.want || !*noFile {
			t.Errorf("%s: seed %d, no file %v, want %d, true", name, *seed, *noFile, c.want)
		}
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
		if words[0] == "circuitbook/internal/suite" || !slices.Contains(words[1:], "pgregory.net/rapid") {
			continue
		}
		found++
		if !slices.Contains(words[1:], "circuitbook/internal/suite") {
			t.Errorf(`the tests of %s use rapid; have one of their files import _ "circuitbook/internal/suite", which fixes the seeds`, words[0])
		}
	}
	if found < 20 {
		t.Errorf("%d packages with property tests", found)
	}
}
