package turning

import (
	"strings"
	"testing"

	"circuitbook/notebooks/lab"
	"circuitbook/notebooks/lab/celltest"
	"circuitbook/sparsenn/steer"
)

// TestTurningCase: the case of quotes, through the committed bridge of seed 1, with as few
// prompts and strengths as at the smallest scale.
func TestTurningCase(t *testing.T) {
	celltest.Heavy(t)
	m := lab.Train("laptop", lab.Seed(1))
	c := Of(lab.Bridge(m, m.Twin()), m.Find("single_double_quote"), steer.ToAlt)
	c.Few = true
	reads := c.Reads()
	if s := celltest.Claimed(t, reads); s["read_nodes"] != 4 || s["nodes"] != 12 {
		t.Errorf("states %v", s)
	}
	if text := celltest.Shown(t, reads); !strings.Contains(text, "1.attn.act_in[90]") {
		t.Errorf("shows %s", text)
	}
	x := c.Measure()
	s := celltest.Claimed(t, x)
	if s["channels_two_way_at_1"].(float64) <= s["base_two_way"].(float64) || s["draws"] != 2 || s["prompts"] != 16 || s["whole_method"] == nil {
		t.Errorf("states %v", s)
	}
	if !strings.Contains(s["single_method"].(string), "[90]") {
		t.Errorf("the best single channel is %v", s["single_method"])
	}
	celltest.Shown(t, x)
	celltest.Shown(t, x.Choices())
	celltest.Shown(t, x.Prices())
	celltest.Shown(t, x.Aims())
	if text := celltest.Shown(t, x.Written()); !strings.Contains(text, "as it is") {
		t.Errorf("writes %s", text)
	}
	if x.Costs["channels"].Reached && x.Costs["channels"].Point.TwoWay.Mean < 0.5 {
		t.Errorf("where .9 is reached it is %v", x.Costs["channels"].Point.TwoWay)
	}
	short := c.Short()
	if v := celltest.Claimed(t, short); v["channels_two_way_at_1"] != s["channels_two_way_at_1"] || v["whole_two_way_at_2"] == nil {
		t.Errorf("in short it states %v, not %v", v["channels_two_way_at_1"], s["channels_two_way_at_1"])
	}
	seeds := celltest.Claimed(t, c.Seeds([]int{0}, nil))
	if seeds["bridge_seed0_channels_two_way_at_1"] != s["channels_two_way_at_1"] || seeds["bridge_seeds_single_two_way_at_2_max"] != s["single_two_way_at_2"] || seeds["sparse_seeds_single_two_way_at_2_max"] != nil {
		t.Errorf("over one seed it states %v", seeds)
	}
}
