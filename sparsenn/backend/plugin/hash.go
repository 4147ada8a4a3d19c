package plugin

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"

	"circuitbook/sparsenn/cache"
)

// stampFile lies beside a plugin in the cache.
const stampFile = "verified.json"

// A stamp remembers the hash of a file of a certain size and time, because a
// plugin has 200 MB and every notebook cell is a process that loads it. It
// guards against damage, as the hash itself does, not against someone who can
// write into the user's cache.
type stamp struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	MTime  int64  `json:"mtime_ns"`
	SHA256 string `json:"sha256"`
}

// Hash returns p with SHA256 filled in, and with Version if the hash is that of
// a plugin from one of the pinned wheels. The first call for a file reads it
// all; later ones, of other processes too, as long as the file is unchanged,
// do not.
func (p Plugin) Hash() (Plugin, error) {
	if p.SHA256 != "" {
		return p, nil
	}
	var at string
	if dir, err := cache.Sub("plugins", "stamps"); err == nil {
		name := sha256.Sum256([]byte(p.Path))
		at = filepath.Join(dir, hex.EncodeToString(name[:16])+".json")
	}
	sum, err := hashOnce(p.Path, at)
	if err != nil {
		return p, err
	}
	p.SHA256 = sum
	for _, r := range releases {
		if r.sha256 == sum {
			p.Version = r.wheel.String()
		}
	}
	return p, nil
}

// hashOnce returns the sha256 of path, from the stamp in the file at if that
// is about the file as it is now, else by reading it. Without a place for the
// stamp, or if it cannot be written, it reads the file every time.
func hashOnce(path, at string) (string, error) {
	now, err := stampOf(path)
	if err != nil {
		return "", err
	}
	if b, err := os.ReadFile(at); err == nil {
		var old stamp
		if json.Unmarshal(b, &old) == nil {
			now.SHA256 = old.SHA256
			if old == now && len(old.SHA256) == 2*sha256.Size {
				return old.SHA256, nil
			}
		}
	}
	sum, err := cache.SHA256File(path)
	if err != nil {
		return "", err
	}
	writeStamp(path, at, sum)
	return sum, nil
}

// writeStamp remembers a hash. It may fail: then it is computed again.
func writeStamp(path, at, sum string) {
	s, err := stampOf(path)
	if err != nil || at == "" {
		return
	}
	s.SHA256 = sum
	b, err := json.Marshal(s)
	if err != nil {
		return
	}
	_ = cache.WriteAtomic(at, 0o644, func(f *os.File) error {
		_, err := f.Write(append(b, '\n'))
		return err
	})
}

func stampOf(path string) (stamp, error) {
	st, err := os.Stat(path)
	if err != nil {
		return stamp{}, err
	}
	return stamp{Path: path, Size: st.Size(), MTime: st.ModTime().UnixNano()}, nil
}
