package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Folder reads every .py file under root, in order of path. Links are followed,
// each folder once; hidden folders, __pycache__ and Python environments are
// left out. Files that cannot serve are counted in the second result. It is an
// error where root is no folder, or where no file is left.
func Folder(ctx context.Context, root string) ([]Doc, Skips, error) {
	real, err := filepath.EvalSymlinks(root)
	if err == nil {
		var info fs.FileInfo
		if info, err = os.Stat(real); err == nil && !info.IsDir() {
			err = fmt.Errorf("%s is not a folder", root)
		}
	}
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%s does not exist", root)
		}
		return nil, nil, fmt.Errorf("folder of Python files: %w", err)
	}
	w := &walk{ctx: ctx, skipped: Skips{}, seen: map[string]bool{}}
	if err := w.dir(real, ""); err != nil {
		return nil, nil, err
	}
	if len(w.docs) == 0 {
		return nil, nil, fmt.Errorf("folder of Python files: %s holds no .py file to use (%s)", root, w.skipped)
	}
	return w.docs, w.skipped, nil
}

// walk is one reading of a folder.
type walk struct {
	ctx     context.Context
	docs    []Doc
	skipped Skips
	seen    map[string]bool // folders by resolved path, against loops of links
}

// dir reads one folder; name is its path below the root, with slashes.
func (w *walk) dir(path, name string) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if w.seen[path] {
		return nil
	}
	w.seen[path] = true
	entries, err := os.ReadDir(path) // sorted by name
	if err != nil {
		w.skipped[SkipUnread]++
		return nil
	}
	if _, err := os.Stat(filepath.Join(path, "pyvenv.cfg")); err == nil {
		return nil
	}
	for _, e := range entries {
		full, below := filepath.Join(path, e.Name()), e.Name()
		if name != "" {
			below = name + "/" + e.Name()
		}
		mode := e.Type()
		if mode&fs.ModeSymlink != 0 {
			resolved, err := filepath.EvalSymlinks(full)
			if err != nil {
				if strings.HasSuffix(e.Name(), ".py") {
					w.skipped[SkipUnread]++ // a link to nowhere or to itself
				}
				continue
			}
			info, err := os.Stat(resolved)
			if err != nil {
				continue
			}
			full, mode = resolved, info.Mode().Type()
		}
		switch {
		case mode.IsDir():
			if strings.HasPrefix(e.Name(), ".") || e.Name() == "__pycache__" {
				continue
			}
			if err := w.dir(full, below); err != nil {
				return err
			}
		case mode.IsRegular() && strings.HasSuffix(e.Name(), ".py"):
			w.file(full, below)
		}
	}
	return nil
}

func (w *walk) file(path, name string) {
	data, err := readBounded(path)
	if err != nil {
		w.skipped[SkipUnread]++
		return
	}
	text, reason := Clean(data)
	if reason != "" {
		w.skipped[reason]++
		return
	}
	w.docs = append(w.docs, Doc{name, text})
}

// readBounded reads a file, at most one byte more than MaxFile.
func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxFile+1))
}
