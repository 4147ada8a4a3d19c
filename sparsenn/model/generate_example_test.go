package model_test

import (
	"fmt"
	"log"
	"strings"

	"circuitbook/sparsenn/model"
)

// digits is a tokenizer of the decimal digits.
type digits struct{}

func (digits) Encode(s string) (out []int32) {
	for _, r := range s {
		out = append(out, r-'0')
	}
	return out
}

func (digits) Decode(t []int32) string {
	var b strings.Builder
	for _, x := range t {
		b.WriteRune('0' + x)
	}
	return b.String()
}

// A model whose bigram table says that 3 follows 7, 7 follows 3, and all else is
// as likely as anything.
func ExampleModel_Generate() {
	m, err := model.New(model.NewConfig(10, 1, 16, 16), 0)
	if err != nil {
		log.Fatal(err)
	}
	table := make([]float32, 100)
	table[73], table[37] = 9, 9
	if m, err = m.With("bigram_table", table); err != nil {
		log.Fatal(err)
	}
	text, err := m.Generate(digits{}, "7", model.GenerateOptions{Tokens: 6})
	if err != nil {
		log.Fatal(err)
	}
	top, err := m.Top(digits{}, "3", 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("7%s, and after 3 comes %s with %.2f\n", text, top[0].Text, top[0].P)
	// Output:
	// 7373737, and after 3 comes 7 with 1.00
}
