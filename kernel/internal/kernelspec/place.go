package kernelspec

import (
	"os"
	"path/filepath"
	"runtime"
)

// A Place is where an installation goes.
type Place struct {
	Jupyter string // Jupyter's data folder, which holds kernels/
	Own     string // the program's data folder, which holds bin/
}

// User returns the places of the user: those that Jupyter and the system use,
// moved by $JUPYTER_DATA_DIR and $XDG_DATA_HOME.
func User() (Place, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return Place{}, err
	}
	share := filepath.Join(home, ".local", "share")
	jupyter := filepath.Join(share, "jupyter")
	if runtime.GOOS == "darwin" {
		share = filepath.Join(home, "Library", "Application Support")
		jupyter = filepath.Join(home, "Library", "Jupyter")
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		share = dir
		if runtime.GOOS != "darwin" {
			jupyter = filepath.Join(dir, "jupyter")
		}
	}
	if dir := os.Getenv("JUPYTER_DATA_DIR"); dir != "" {
		jupyter = dir
	}
	return Place{Jupyter: jupyter, Own: filepath.Join(share, "circuitbook")}, nil
}

// Prefix returns the places below a prefix such as /usr/local or that of a
// Python environment.
func Prefix(prefix string) Place {
	return Place{
		Jupyter: filepath.Join(prefix, "share", "jupyter"),
		Own:     filepath.Join(prefix, "share", "circuitbook"),
	}
}

// Program returns where the program is installed.
func (p Place) Program() string { return filepath.Join(p.Own, "bin", "circuitbook") }
