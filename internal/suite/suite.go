// Package suite holds what the tests of all packages share: the seeds of
// property tests, how long to wait, and whether the long forms were asked for. Importing it is
// what fixes the seeds; a test of this package holds that no test that uses
// rapid leaves that out.
package suite

import (
	"flag"
	"os"
	"time"

	_ "pgregory.net/rapid" // has its flags defined before init below
)

// Patience is the longest that a test waits for an event. No machine is so busy
// that it takes that long: only a process that is dead or stuck does.
const Patience = 5 * time.Minute

// Long says that the long forms of tests were asked for, by CIRCUITBOOK_LONG=1.
var Long = os.Getenv("CIRCUITBOOK_LONG") == "1"

func init() {
	if err := fixSeeds(flag.CommandLine, Long); err != nil {
		panic(err)
	}
}

// fixSeeds makes property tests draw the same values at every run, unless it is
// long: what fails by chance fails where nobody has changed anything. Flags that
// are parsed later win, and so do rapid's environment variables. The seed of a
// failure is printed, not kept: a file below testdata/rapid would be drawn again
// at every later run.
func fixSeeds(flags *flag.FlagSet, long bool) error {
	if err := flags.Set("rapid.nofailfile", "true"); err != nil {
		return err
	}
	if long || flags.Lookup("rapid.seed").Value.String() != "0" { // RAPID_SEED is set
		return nil
	}
	return flags.Set("rapid.seed", "1")
}
