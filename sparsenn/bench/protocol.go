package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Ready is what a worker says once it is prepared: the versions of what it runs on,
// and what it computed, so that contestants that do different things are found out.
type Ready struct {
	Versions map[string]string `json:"versions"`
	Kept     int               `json:"kept"`   // of a selection: how many
	Sum      int               `json:"sum"`    // and the sum of their flat indices
	Losses   []float64         `json:"losses"` // of a step: the first ones
}

// parseReady reads a worker's first line: "ready {...}" or "error TEXT".
func parseReady(line string) (Ready, error) {
	var r Ready
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "ready":
		if err := json.Unmarshal([]byte(rest), &r); err != nil {
			return r, fmt.Errorf("what it computed: %w", err)
		}
		return r, nil
	case "error":
		return r, errors.New(rest)
	}
	return r, fmt.Errorf("it said %.80q", line)
}

// parseTimes reads "ns T1 T2 ...", reps times in nanoseconds.
func parseTimes(line string, reps int) ([]float64, error) {
	f := strings.Fields(line)
	if len(f) != reps+1 || f[0] != "ns" {
		return nil, fmt.Errorf("asked for %d times it said %.80q", reps, line)
	}
	times := make([]float64, reps)
	for i, s := range f[1:] {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("%.80q is no time", s)
		}
		times[i] = float64(n)
	}
	return times, nil
}

// parseRequest reads "run WARM REPS".
func parseRequest(line string) (warm, reps int, err error) {
	f := strings.Fields(line)
	if len(f) == 3 && f[0] == "run" {
		var err1, err2 error
		warm, err1 = strconv.Atoi(f[1])
		reps, err2 = strconv.Atoi(f[2])
		if err1 == nil && err2 == nil && warm >= 0 && reps > 0 {
			return warm, reps, nil
		}
	}
	return 0, 0, fmt.Errorf("a request is \"run WARM REPS\", not %.80q", line)
}

// agreement compares what a peer computed with ours: "" if it is the same, else
// what differs; wrong is set if that is more than a difference in ties.
func agreement(op string, ours, peer Ready, k int) (note string, wrong bool) {
	if op == opStep {
		return sameLosses(ours.Losses, peer.Losses)
	}
	switch {
	case peer.Kept < k || float64(peer.Kept) > float64(k)*1.001+16:
		return fmt.Sprintf("kept %d of %d", peer.Kept, k), true
	case peer.Kept > k:
		return fmt.Sprintf("keeps ties: %d too many", peer.Kept-k), false
	case peer.Sum != ours.Sum:
		return "other ties", false
	}
	return "", false
}

// lossTolerance is how far two implementations of one step may be apart: rounding
// differs, and PyTorch's choice among equal magnitudes.
const lossTolerance = 0.01

func sameLosses(ours, peer []float64) (note string, wrong bool) {
	if len(ours) != len(peer) || len(ours) == 0 {
		return fmt.Sprintf("%d losses, not %d", len(peer), len(ours)), true
	}
	worst := 0.0
	for i := range ours {
		d := max(ours[i]-peer[i], peer[i]-ours[i])
		if !(d <= lossTolerance) {
			return fmt.Sprintf("loss %d is %.4f, not %.4f", i, peer[i], ours[i]), true
		}
		worst = max(worst, d)
	}
	if worst == 0 {
		return "same losses", false
	}
	return fmt.Sprintf("losses within %.1g", worst), false
}
