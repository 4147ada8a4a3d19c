package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSafe holds what becomes of the images that fragments name, and what is said of
// the rest.
func TestSafe(t *testing.T) {
	dir := t.TempDir()
	const png = "\x89PNG\r\n\x1a\n"
	for name, data := range map[string]string{"a.png": png, "b c.png": png, "50%.png": png, "d.svg": `<?xml version="1.0"?><svg/>`, "secret.txt": "a secret", "sub/e.png": png} {
		path := filepath.Join(dir, "notes", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	d := Draft{Mark: "mark", Page: `<head></head><body class="x"><main><p>mark0x</p><p>mark1x</p><img src=x onerror=alert(1)></main></body></html>`}
	d.Fragments = []string{
		`<img src="a.png"><img src="b%20c.png" alt=""><img src="b c.png"><img src="50%.png"><img src="d.svg"><img src=" sub/../sub/e.png?v=1#f"><img src="../notes/a.png">`,
		`mark0x</p><script>1</script><script>2</script><img alt="why" src="nosuch.png"><img src="secret.txt"><img src=""><img src="."><img src="/etc/hostname"><img src="file:///etc/hostname"><img src="https://example.org/a.png"><img src="attachment:x.png"><div><i>`,
	}
	page, left, err := d.Safe(filepath.Join(dir, "notes"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(page), `src="data:image/png;base64,iVBORw0KGgo="`); n != 6 || !strings.Contains(string(page), `src="data:image/svg+xml;base64,PD94`) {
		t.Errorf("%d images are in the page\n%s", n, page)
	}
	if want := `<p>mark0x<p></p><img alt="why"/><img alt="No description`; !strings.Contains(string(page), want) {
		t.Errorf("%s is not in\n%s", want, page)
	}
	if want := "<div><i></i></div></p><img></main></body>\n</html>\n"; !strings.HasSuffix(string(page), want) {
		t.Errorf("it does not end with %s:\n%s", want, page)
	}
	want := []string{
		"script (2)", `the image "nosuch.png" (no such file beside the notebook)`, `the image "secret.txt" (not a picture)`, `the image "" (no such file beside the notebook)`,
		`the image "." (no such file beside the notebook)`, `the image "/etc/hostname" (only what lies beside the notebook is put in)`, "3 more images",
	}
	if diff := cmp.Diff(want, left); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, bad := range []Draft{{}, {Page: "<body >"}, {Page: "</body><body >"}, {Page: "<body x>m3x</body>", Mark: "m"}} {
		if _, _, err := bad.Safe(dir); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

// TestDeep holds that HTML too deep to be read is shown as text.
func TestDeep(t *testing.T) {
	c := cleaner{elements: map[string]int{}}
	if got := c.clean(strings.Repeat("<div>", 600) + "<script>"); !strings.HasPrefix(got, "&lt;div&gt;") {
		t.Errorf("%.200s", got)
	}
}
