package task

import (
	"fmt"
	"strings"

	"circuitbook/sparsenn/corpus"
)

var (
	// Nouns and adjectives that the synthetic programs do not use as variables.
	nouns = split("entry record member letter element part token field child branch symbol object marker moment " +
		"weight grade amount visit parcel pupil ticket signal window planet bottle garden")
	adjectives = split("next last first new old main other extra inner outer final early")
	// Words that are one token of every vocabulary after a space, so that they can
	// be answers.
	answerNames   = split("name size value index count width height title text path color level total limit number score label owner data items key")
	answerLetters = split("x y a b")
)

// name returns a variable's name that is new to the synthetic programs.
func (d *Draw) name() string {
	if d.Chance(40) {
		return d.Pick(nouns...)
	}
	return d.Pick(adjectives...) + "_" + d.Pick(nouns...)
}

// plural of a noun.
func plural(s string) string {
	switch {
	case strings.HasSuffix(s, "y"):
		return s[:len(s)-1] + "ies"
	case strings.HasSuffix(s, "h"):
		return s + "es"
	}
	return s + "s"
}

// call is a call of a function that the synthetic programs do not know, with v
// or, where v is empty, some variable.
func (d *Draw) call(v string) string {
	if v == "" {
		v = d.Pick(variables...)
	}
	return fmt.Sprintf("%s(%s)", d.Pick(functions...), v)
}

// condition is the condition of an if, new to the synthetic programs.
func (d *Draw) condition() string {
	switch d.IntN(5) {
	case 0, 1:
		for {
			v, n := d.Pick(variables...), fmt.Sprint(d.IntN(10))
			if corpus.HeldOut(v, n) {
				return fmt.Sprintf("%s %s %s", v, d.Pick("==", ">", "<"), n)
			}
		}
	case 2:
		return "not " + d.name()
	case 3:
		return fmt.Sprintf("%s == %d", d.name(), d.IntN(10))
	default:
		return d.name()
	}
}

// sorted joins two words in an order that does not depend on theirs.
func sorted(a, b string) string {
	return strings.Join([]string{min(a, b), max(a, b)}, " ")
}
