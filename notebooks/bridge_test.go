package notebooks

import (
	"fmt"
	"strings"
	"testing"
)

const (
	bridgeBegin = "<!-- from 07_bridge.results.json -->\n"
	bridgeEnd   = "<!-- end bridge -->"
)

// TestReadmeBridge: the README's table of bridges is what the executed notebook found.
func TestReadmeBridge(t *testing.T) {
	r := read(t, "07_bridge.results.json")
	var b strings.Builder
	b.WriteString("| | fitted between two models | trained with the sparse model |\n|---|---|---|\n")
	row := func(label, format, fitted, joint string) {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", label, r.number(fitted, format), r.number(joint, format))
	}
	row("dense model, nats per token", "%.3f", "bridge_dense_ce", "bridge_dense_ce")
	row("sparse model, nats per token", "%.3f", "bridge_sparse_ce", "joint_sparse_ce")
	row("worst hybrid of one switch", "%.3f", "bridge_worst_ce", "joint_worst_ce")
	row("above the worse model (aim 0.15)", "%.3f", "bridge_worst_over", "joint_worst_over")
	row("KL of the sparse model to the dense one", "%.3f", "bridge_sparse_kl", "joint_sparse_kl")
	row("mean KL of hybrids (aim: no more)", "%.3f", "bridge_mean_kl", "joint_mean_kl")
	row("NMSE of encoders, mean", "%.3f", "bridge_mean_encode_nmse", "joint_encode_nmse")
	row("NMSE of decoders, mean", "%.3f", "bridge_mean_decode_nmse", "joint_decode_nmse")
	row("seconds to make", "%.0f", "bridge_fit_seconds", "joint_seconds")
	section(t, bridgeBegin, bridgeEnd, b.String())
}
