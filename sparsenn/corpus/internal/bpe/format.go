package bpe

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
)

// maxTokens bounds a rank file; ids are stored in 16 bits elsewhere.
const maxTokens = 1 << 16

// Format writes tokens as a .tiktoken file: base64 of the bytes, a space, the rank.
func Format(tokens []string) []byte {
	var b bytes.Buffer
	for i, t := range tokens {
		fmt.Fprintf(&b, "%s %d\n", base64.StdEncoding.EncodeToString([]byte(t)), i)
	}
	return b.Bytes()
}

// Parse reads a .tiktoken file whose ranks count up from 0. The first 256
// tokens must be the 256 bytes, so that anything can be encoded. An error names
// the line.
func Parse(data []byte) ([]string, error) {
	var tokens []string
	seen := map[string]bool{}
	sc := bufio.NewScanner(bytes.NewReader(data))
	for line := 1; sc.Scan(); line++ {
		text, rank, ok := bytes.Cut(sc.Bytes(), []byte(" "))
		if !ok {
			return nil, fmt.Errorf("rank file, line %d: no space between token and rank", line)
		}
		t, err := base64.StdEncoding.Strict().DecodeString(string(text))
		if err != nil {
			return nil, fmt.Errorf("rank file, line %d: token is not base64: %w", line, err)
		}
		r, err := strconv.Atoi(string(rank))
		if err != nil || r != len(tokens) {
			return nil, fmt.Errorf("rank file, line %d: rank is %.20q, want %d", line, rank, len(tokens))
		}
		if len(t) == 0 || seen[string(t)] {
			return nil, fmt.Errorf("rank file, line %d: token %q is empty or a repetition", line, t)
		}
		if r >= maxTokens {
			return nil, fmt.Errorf("rank file, line %d: more than %d tokens", line, maxTokens)
		}
		if r < 256 && len(t) != 1 {
			return nil, fmt.Errorf("rank file, line %d: the first 256 tokens must be single bytes", line)
		}
		seen[string(t)] = true
		tokens = append(tokens, string(t))
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("rank file: %w", err)
	}
	if len(tokens) < 256 {
		return nil, fmt.Errorf("rank file: %d tokens, at least the 256 bytes are needed", len(tokens))
	}
	return tokens, nil
}
