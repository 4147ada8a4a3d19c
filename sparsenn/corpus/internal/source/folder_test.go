package source

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree writes files below a new folder; a value that starts with -> is a link.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if to, ok := strings.CutPrefix(text, "->"); ok {
			err = os.Symlink(to, path)
		} else {
			err = os.WriteFile(path, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func names(docs []Doc) []string {
	var out []string
	for _, d := range docs {
		out = append(out, d.Name)
	}
	return out
}

func TestFolder(t *testing.T) {
	root := tree(t, map[string]string{
		"b.py": "b = 1\n", "a/a.py": "a = 1\n", "a/deep/er/c.py": "c = 1\n", "a/notes.txt": "not Python",
		".hidden/x.py": "x\n", "a/__pycache__/x.py": "x\n", "venv/pyvenv.cfg": "home", "venv/lib/x.py": "x\n",
		"empty.py": " \n", "bad.py": "a = '\xff'\n", "nul.py": "a\x00", "huge.py": strings.Repeat("#\n", MaxFile),
		"loop/back": "->..", "loop/self.py": "->self.py", "loop/gone.py": "->nowhere.py", "loop/gone": "->nowhere",
		"link.py": "->a/a.py", "z": "->a/deep", "folder.py/inside.py": "i = 1\n",
	})
	docs, skipped, err := Folder(context.Background(), root)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a/a.py", "a/deep/er/c.py", "b.py", "folder.py/inside.py", "link.py"}
	if got := names(docs); !cmp.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if want := (Skips{SkipEmpty: 1, SkipUTF8: 1, SkipBinary: 1, SkipHuge: 1, SkipUnread: 2}); !cmp.Equal(skipped, want) {
		t.Errorf("skipped %v, want %v", skipped, want)
	}
	again, _, err := Folder(context.Background(), root)
	if err != nil || !cmp.Equal(again, docs) {
		t.Errorf("another result the second time, or %v", err)
	}
}

func TestFolderThroughALink(t *testing.T) {
	root := tree(t, map[string]string{"real/a.py": "a\n", "link": "->real"})
	docs, _, err := Folder(context.Background(), filepath.Join(root, "link"))
	if err != nil || len(docs) != 1 {
		t.Errorf("%v, %v", docs, err)
	}
}

func TestFolderErrors(t *testing.T) {
	root := tree(t, map[string]string{"text.txt": "x", "sub/bad.py": "\xff", "sub/more.py": ""})
	for path, want := range map[string]string{
		filepath.Join(root, "gone"):     "does not exist",
		filepath.Join(root, "text.txt"): "is not a folder",
		filepath.Join(root, "sub"):      "holds no .py file to use (skipped: 1 empty, 1 not UTF-8)",
		t.TempDir():                     "holds no .py file to use (none skipped)",
	} {
		if _, _, err := Folder(context.Background(), path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", path, err, want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Folder(ctx, root); err == nil {
		t.Error("a cancelled reading has no error")
	}
}

func TestFolderUnreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	root := tree(t, map[string]string{"a.py": "a\n", "b.py": "b\n", "sub/c.py": "c\n"})
	for _, name := range []string{"b.py", "sub"} {
		if err := os.Chmod(filepath.Join(root, name), 0); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(root, "sub"), 0o755) })
	docs, skipped, err := Folder(context.Background(), root)
	if err != nil || len(docs) != 1 || skipped[SkipUnread] != 2 {
		t.Errorf("%v, %v, %v", names(docs), skipped, err)
	}
}
