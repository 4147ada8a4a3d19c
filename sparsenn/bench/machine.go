package main

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"circuitbook/sparsenn/backend"
)

// Machine is where and when a report was made.
type Machine struct {
	CPU     string    `json:"cpu"`
	Cores   int       `json:"cores"`
	System  string    `json:"system"`
	Started time.Time `json:"started"`
}

func newMachine() Machine {
	return Machine{CPU: backend.Describe(nil).CPU, Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Started: time.Now().UTC().Truncate(time.Second)}
}

// load is the load average of the last minute, -1 where the system does not tell.
func load() float64 {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return -1
	}
	return parseLoad(string(data))
}

// parseLoad reads "0.52 0.58 0.59 1/1211 4242".
func parseLoad(text string) float64 {
	first, _, _ := strings.Cut(text, " ")
	v, err := strconv.ParseFloat(first, 64)
	if err != nil || !(v >= 0) || v > 1e6 {
		return -1
	}
	return v
}
