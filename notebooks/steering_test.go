package notebooks

import (
	"fmt"
	"strings"
	"testing"
)

const (
	steeringBegin = "<!-- from 08_steering.results.json -->\n"
	steeringEnd   = "<!-- end steering -->"
)

// TestReadmeSteering: the README's table of steering is what the executed notebook
// found.
func TestReadmeSteering(t *testing.T) {
	r := read(t, "08_steering.results.json")
	var b strings.Builder
	b.WriteString("| | double to single quotes | `return True` to `while True` |\n|---|---|---|\n")
	row := func(label string, cell func(key string) string) {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", label, cell("steer_quotes_"), cell("steer_while_"))
	}
	both := func(what, at string) func(key string) string {
		return func(key string) string {
			return r.number(key+what+"_two_way"+at, "%.3f") + " (" + r.number(key+what+"_full"+at, "%.3f") + ")"
		}
	}
	row("not steered", both("base", ""))
	row("the circuit's channels, strength 1", both("channels", "_at_1"))
	row("the best single channel, strength 2", both("single", "_at_2"))
	row("all channels of the site, strength 1", both("whole", "_at_1"))
	row("difference of means, no bridge, strength 1", both("means", "_at_1"))
	row("the counterparts themselves", both("ceiling", ""))
	row("random directions, strength 1: mean, greatest", func(key string) string {
		return r.number(key+"random_two_way_mean_at_1", "%.3f") + ", " + r.number(key+"random_two_way_max_at_1", "%.3f")
	})
	cost := func(what string) func(key string) string {
		return func(key string) string {
			if r.denies(key + what + "_reaches_90") {
				return "never .9"
			}
			return r.number(key+what+"_other_kl_at_90", "%.3f") + ", " + r.number(key+what+"_text_kl_at_90", "%.3f")
		}
	}
	row("cost at .9, the circuit's channels: other tokens, text", cost("channels"))
	row("cost at .9, difference of means: other tokens, text", cost("means"))
	row("over three bridges, channels at 1: least, greatest", func(key string) string {
		return r.number(key+"bridge_seeds_channels_two_way_at_1_min", "%.3f") + ", " + r.number(key+"bridge_seeds_channels_two_way_at_1_max", "%.3f")
	})
	section(t, steeringBegin, steeringEnd, b.String())
}
