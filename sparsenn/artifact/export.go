package artifact

import (
	"bytes"
	"circuitbook/sparsenn/artifact/internal/disk"
	"circuitbook/sparsenn/tensorfile"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	exportModel = "model.safetensors"
	// exportMark in the metadata of model.safetensors tells an export from
	// another program's model, which has the same two files.
	exportMark = "circuitbook.export"
)

// Export writes a model for other programs: dir/model.safetensors with dense
// tensors, as the usual Python packages read it, and dir/config.json. The
// folder appears whole or not at all. A folder that is not empty is refused
// unless it is an earlier export, and nothing else is in it; that is replaced.
// A kill can leave a folder named .tmp-* beside dir.
func Export(dir string, tensors []tensorfile.Tensor, config any) error {
	if err := export(disk.OS{}, dir, tensors, config); err != nil {
		return fmt.Errorf("export to %s: %w", dir, err)
	}
	return nil
}

func export(files disk.System, dir string, tensors []tensorfile.Tensor, config any) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	text, err := tensorfile.Marshal(config)
	if err != nil {
		return fmt.Errorf("config: %w", err)
	}
	if text, err = indentJSON(text); err != nil {
		return fmt.Errorf("config: %w", err)
	}
	earlier, err := earlierExport(dir)
	if err != nil {
		return err
	}
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	temporary, err := files.MkdirTemp(parent, disk.Temporary+filepath.Base(dir)+"-*")
	if err != nil {
		return err
	}
	defer files.RemoveAll(temporary) // in the end: nothing, or the earlier export
	err = disk.Write(files, filepath.Join(temporary, exportModel), func(w io.Writer) error {
		// "format" is what Python's transformers looks for.
		return tensorfile.Write(w, map[string]string{"format": "pt", exportMark: "1"}, tensors)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", exportModel, err)
	}
	err = disk.Write(files, filepath.Join(temporary, configName), func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(text))
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", configName, err)
	}
	if err := files.SyncDir(temporary); err != nil {
		return err
	}
	if earlier {
		err = swap(files, temporary, dir)
	} else {
		// Renaming onto an empty directory is not possible everywhere.
		if err = os.Remove(dir); err == nil || errors.Is(err, fs.ErrNotExist) {
			err = files.Rename(temporary, dir)
		}
	}
	if err != nil {
		return err
	}
	return files.SyncDir(parent)
}

// earlierExport reports whether dir holds an export to be replaced. It is an
// error if dir holds anything else.
func earlierExport(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if e.Name() != exportModel && e.Name() != configName {
			return false, fmt.Errorf("the folder holds %s, which no export wrote: choose another folder", e.Name())
		}
	}
	f, err := tensorfile.Open(filepath.Join(dir, exportModel))
	if err != nil {
		return false, fmt.Errorf("the folder is not empty, nor an earlier export (%w): choose another folder", err)
	}
	defer f.Close()
	if f.Metadata()[exportMark] == "" {
		return false, fmt.Errorf("the folder holds a %s of another program: choose another folder", exportModel)
	}
	return true, nil
}

// swap puts the directory at fresh in the place of the one at dir, which is
// then at fresh. Where the system can do that in one step there is no moment
// without a directory at dir.
func swap(files disk.System, fresh, dir string) error {
	if err := files.Exchange(fresh, dir); !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	old := fresh + "-old"
	if err := files.Rename(dir, old); err != nil {
		return err
	}
	if err := files.Rename(fresh, dir); err != nil {
		return errors.Join(err, files.Rename(old, dir))
	}
	return files.RemoveAll(old)
}
