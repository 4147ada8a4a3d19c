package execute

import (
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestDriver holds the parts of the driver that need no kernel, and that it
// needs nothing but Python's own library before it has a job.
func TestDriver(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip(err)
	}
	checks := `
def stream(name, text): return {"output_type": "stream", "name": name, "text": text}
figure = {"output_type": "display_data", "data": {}}
assert pack([]) == []
assert pack([stream("stdout", "a"), stream("stdout", "b"), stream("stderr", "c"), figure, stream("stderr", "d")]) == [
    stream("stdout", "ab"), stream("stderr", "c"), figure, stream("stderr", "d")]
nan = float("nan")
assert finite({"a": [nan, float("-inf"), 1.5, "x"]}) == {"a": ["NaN", "-Infinity", 1.5, "x"]}
LONGEST, LARGEST = 10, 50
left = "\n\n[... 4 characters are left out here; the notebook has them ...]\n\n"
assert cut("01234abcd56789") == "01234" + left + "56789" and cut("short") == "short"
page = {"text/html": "x" * 51, "text/markdown": "01234abcd56789", "image/png": "y" * 50, "application/json": {"a": 1}}
assert shortened(page) == {"text/markdown": "01234" + left + "56789", "image/png": "y" * 50, "application/json": {"a": 1},
    "text/plain": "[... 51 characters are left out here; the notebook has them ...]"}, page
print("well")
`
	code := strings.Replace(driver, `if __name__ == "__main__":`, `if False:`, 1) + checks
	out, err := exec.Command(python, "-c", code).CombinedOutput()
	if err != nil || string(out) != "well\n" {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestTailIsWhole holds that what is kept begins with a whole character.
func TestTailIsWhole(t *testing.T) {
	for _, text := range []string{"日本語", "x日本語", "xx日本語", "🧡"} {
		var kept tail
		all := strings.Repeat(text, maxTail)
		for at := 0; at < len(all); at += 1000 {
			_, _ = kept.Write([]byte(all[at:min(at+1000, len(all))]))
		}
		if got := kept.String(); !strings.HasSuffix(all, got) || !utf8.ValidString(got) || len(got) < maxTail-utf8.UTFMax {
			t.Errorf("%d bytes of %s are kept, from %.9q", len(got), text, got)
		}
	}
}
