package artifact

import (
	"circuitbook/sparsenn/artifact/internal/disk"
	"fmt"
	"hash/crc32"
	"io"
	"path/filepath"
)

// tensorsExtension marks the files of a checkpoint that have to be safetensors.
const tensorsExtension = ".safetensors"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sumParts sums the parts of a safetensors file just written. It also checks
// that the file can be read back, so that no checkpoint holds one that cannot;
// other files have no parts.
func sumParts(path string) (*fileParts, error) {
	if filepath.Ext(path) != tensorsExtension {
		return nil, nil
	}
	t, err := disk.OpenTensors(path)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	f, err := disk.OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	parts := &fileParts{Tensors: []filePart{}}
	for _, x := range t.Extents() {
		crc, err := sumRange(f, x.Begin, x.End)
		if err != nil {
			return nil, err
		}
		part := filePart{Name: x.Name, End: x.End, CRC: crc}
		if x.Begin == 0 {
			parts.Header = part
		} else {
			parts.Tensors = append(parts.Tensors, part)
		}
	}
	return parts, nil
}

func sumRange(from io.ReaderAt, begin, end int64) (string, error) {
	sum := crc32.New(castagnoli)
	n, err := io.Copy(sum, io.NewSectionReader(from, begin, end-begin))
	if err == nil && n < end-begin {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Sprintf("%08x", sum.Sum32()), err
}

// locate says where in a damaged file the first damage lies: the tensor, or ""
// and a word for the place.
func (p *fileParts) locate(path string) (tensor, place string) {
	if p == nil {
		return "", ""
	}
	f, err := disk.OpenRegular(path)
	if err != nil {
		return "", ""
	}
	defer f.Close()
	if crc, err := sumRange(f, 0, p.Header.End); err != nil || crc != p.Header.CRC {
		return "", "in its header"
	}
	begin := p.Header.End
	for _, part := range p.Tensors {
		if crc, err := sumRange(f, begin, part.End); err != nil || crc != part.CRC {
			return part.Name, ""
		}
		begin = part.End
	}
	return "", "after its last tensor"
}
