package plugin

import (
	"fmt"
	"strings"
)

// A Choice is the backend that a user asks for. The zero Choice is the best
// that there is.
type Choice struct {
	Go       bool   // the pure-Go backend
	XLA      bool   // XLA, and an error where it cannot be had
	Platform string // of XLA: CPU, CUDA, or "" for either
}

// ParseChoice reads a value of $CIRCUITBOOK_BACKEND: "go", "xla", "xla:cpu",
// "xla:cuda" or shorter "cuda", or nothing, in upper or lower case. The error
// lists them.
func ParseChoice(s string) (Choice, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "":
		return Choice{}, nil
	case "go":
		return Choice{Go: true}, nil
	case "xla":
		return Choice{XLA: true}, nil
	case "xla:cpu":
		return Choice{XLA: true, Platform: CPU}, nil
	case "xla:cuda", "cuda":
		return Choice{XLA: true, Platform: CUDA}, nil
	}
	return Choice{}, fmt.Errorf("$%s=%q: want \"xla\", \"xla:cpu\", \"cuda\", \"go\" or nothing", BackendEnv, s)
}
