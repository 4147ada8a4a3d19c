// Package suitetest holds what the tests of all packages share: the seeds of
// property tests, how long to wait, and whether the long forms were asked for. Importing it is
// what fixes the seeds; a test of this package holds that no test that uses
// rapid leaves that out.
package suitetest

import (
	"os"
	"time"
)

// Patience is the longest that a test waits for an event. No machine is so busy
// that it takes that long: only a process that is dead or stuck does.
const Patience = 5 * time.Minute

// Long says that the long forms of tests were asked for, by CIRCUITBOOK_LONG=1.
var Long = os.Getenv("CIRCUITBOOK_LONG") == "1"

// Rapid reads its defaults from the environment when it is initialised, which is
// after this package: Go initialises in the order of import paths what needs nothing
// of each other. It is not imported here, since a package that is no test is
// compiled by whoever compiles the engine, and there rapid may not be at hand.
func init() {
	if err := fixSeeds(os.LookupEnv, os.Setenv, Long); err != nil {
		panic(err)
	}
}

// fixSeeds makes property tests draw the same values at every run, unless it is
// long: what fails by chance fails where nobody has changed anything. A person's
// flags and variables win. The seed of a failure is printed, not kept: a file below
// testdata/rapid would be drawn again at every later run.
func fixSeeds(lookup func(string) (string, bool), set func(name, value string) error, long bool) error {
	for name, value := range map[string]string{"RAPID_NOFAILFILE": "true", "RAPID_SEED": "1"} {
		if _, said := lookup(name); said || long && name == "RAPID_SEED" {
			continue
		}
		if err := set(name, value); err != nil {
			return err
		}
	}
	return nil
}
