package executables

import (
	"bytes"
	"strings"
	"testing"
)

// TestMachine: what XLA compiles depends on its flags, and not on the time or
// on what else is set.
func TestMachine(t *testing.T) {
	plain := machine()
	t.Setenv("CIRCUITBOOK_SOMETHING", "1")
	if !bytes.Equal(machine(), plain) {
		t.Error("it changed with a variable that XLA does not read")
	}
	t.Setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=true")
	flags := machine()
	if bytes.Equal(flags, plain) {
		t.Error("it is the same with other flags")
	}
	t.Setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=false")
	if bytes.Equal(machine(), flags) {
		t.Error("it is the same whatever the flags are")
	}
}

func TestProcessor(t *testing.T) {
	lines := processor()
	if lines == nil {
		t.Skip("this system has no /proc/cpuinfo")
	}
	text := strings.Join(lines, "\n")
	if !strings.Contains(text, "flags: ") && !strings.Contains(text, "Features: ") {
		t.Errorf("nothing tells what the processor can do:\n%s", text)
	}
	if strings.Contains(text, "MHz") {
		t.Errorf("it holds what differs from moment to moment:\n%s", text)
	}
}
