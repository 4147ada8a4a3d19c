package task

import (
	"fmt"
	"math"
)

// Logits holds a model's logits of the two answers at the last token of one
// side of an example.
type Logits struct{ Target, Alt float64 }

// Pick takes from the logits of all tokens [vocab] at the last position those
// of the two answers of e. Where e.Alt is [Any], Alt is the log-sum-exp of all
// others.
func (e Example) Pick(logits []float32) (Logits, error) {
	n := int32(len(logits))
	if e.Target < 0 || e.Target >= n || e.Alt >= n || e.Alt < Any {
		return Logits{}, fmt.Errorf("task: answers %d and %d are not both among %d logits: was the model trained with another vocabulary?",
			e.Target, e.Alt, n)
	}
	if e.Alt != Any {
		return Logits{float64(logits[e.Target]), float64(logits[e.Alt])}, nil
	}
	most := math.Inf(-1)
	for i, x := range logits {
		if int32(i) != e.Target {
			most = math.Max(most, float64(x))
		}
	}
	if math.IsInf(most, 0) || math.IsNaN(most) {
		return Logits{float64(logits[e.Target]), most}, nil
	}
	sum := 0.0
	for i, x := range logits {
		if int32(i) != e.Target {
			sum += math.Exp(float64(x) - most)
		}
	}
	return Logits{float64(logits[e.Target]), most + math.Log(sum)}, nil
}

// Loss is the task loss of one example in nats, from the logits on its two
// sides: ½·[−log p(Target|Prompt) − log p(Alt|Counter)], p the softmax over the
// two. NaN logits give NaN.
func Loss(prompt, counter Logits) float64 {
	return (softplus(prompt.Alt-prompt.Target) + softplus(counter.Target-counter.Alt)) / 2
}

// Correct says whether on both sides the right answer has the larger logit.
func Correct(prompt, counter Logits) bool {
	return prompt.Target > prompt.Alt && counter.Alt > counter.Target
}

// softplus is log(1+exp(x)) without overflow.
func softplus(x float64) float64 {
	if x > 0 {
		return x + math.Log1p(math.Exp(-x))
	}
	return math.Log1p(math.Exp(x))
}
