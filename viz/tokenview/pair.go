package tokenview

import "fmt"

// Pair is the strip of the two sides of a pair: prompt and counter under each other and, in a third
// row, prompt minus counter. The tokens that both begin with and those that both end with stand
// under each other; what lies between stands side by side from the left, and where only one side
// has a token there is no difference. Tokens that differ are bold.
//
// Errors: a side without tokens, or without a finite value for each.
func Pair(name string, promptTokens []string, promptValues []float64, counterTokens []string, counterValues []float64) (TokenStrip, error) {
	if err := checkValues(promptTokens, promptValues); err != nil {
		return TokenStrip{}, fmt.Errorf("pair %q, prompt: %w", name, err)
	}
	if err := checkValues(counterTokens, counterValues); err != nil {
		return TokenStrip{}, fmt.Errorf("pair %q, counter: %w", name, err)
	}
	atP, atC := alignPair(promptTokens, counterTokens)
	diff := TokenRow{Name: "difference", Difference: true, At: []int{}}
	for i, j := 0, 0; i < len(atP) && j < len(atC); {
		switch {
		case atP[i] < atC[j]:
			i++
		case atP[i] > atC[j]:
			j++
		default:
			diff.Tokens = append(diff.Tokens, promptTokens[i])
			diff.Values = append(diff.Values, promptValues[i]-counterValues[j])
			diff.At = append(diff.At, atP[i])
			i, j = i+1, j+1
		}
	}
	return TokenStrip{Name: name, Rows: []TokenRow{
		{Name: "prompt", Tokens: promptTokens, Values: promptValues, At: atP},
		{Name: "counter", Tokens: counterTokens, Values: counterValues, At: atC},
		diff,
	}}, nil
}

// alignPair gives every token of two texts a column: the common prefix and the common suffix share
// theirs, and the middles begin together.
func alignPair(a, b []string) (atA, atB []int) {
	short := min(len(a), len(b))
	prefix := 0
	for prefix < short && a[prefix] == b[prefix] {
		prefix++
	}
	suffix := 0
	for suffix < short-prefix && a[len(a)-1-suffix] == b[len(b)-1-suffix] {
		suffix++
	}
	n := max(len(a), len(b))
	place := func(tokens int) []int {
		at := make([]int, tokens)
		for i := range at {
			at[i] = i
			if i >= tokens-suffix {
				at[i] = n - (tokens - i)
			}
		}
		return at
	}
	return place(len(a)), place(len(b))
}
