package disk

import (
	"compress/flate"
	"io"
)

// Weights hardly shrink as they are: of a float32 three bytes are noise and one,
// with the exponent, is not. So an archive holds the files of tensors in planes: of
// every block of 256 KiB all first bytes of four, then all second ones, and so on, and what
// is left over at the end; deflated. It is a method of its own in the zip, so that what is
// read is the file as it was saved, bit for bit.
const (
	PlanesMethod = 0x4342
	planesBlock  = 256 << 10
	planesWidth  = 4
)

// toPlanes puts a block into planes, fromPlanes back; both are of one length.
func toPlanes(to, from []byte) {
	n := len(from) / planesWidth
	for i := range n {
		for p := range planesWidth {
			to[p*n+i] = from[i*planesWidth+p]
		}
	}
	copy(to[n*planesWidth:], from[n*planesWidth:])
}

func fromPlanes(to, from []byte) {
	n := len(from) / planesWidth
	for i := range n {
		for p := range planesWidth {
			to[i*planesWidth+p] = from[p*n+i]
		}
	}
	copy(to[n*planesWidth:], from[n*planesWidth:])
}

// SplitPlanes is the method's compressor.
func SplitPlanes(w io.Writer) (io.WriteCloser, error) {
	to, err := flate.NewWriter(w, flate.BestCompression)
	return &planesWriter{to: to}, err
}

type planesWriter struct {
	to    *flate.Writer
	block []byte
}

func (w *planesWriter) Write(b []byte) (int, error) {
	all := len(b)
	for len(b) > 0 {
		n := min(len(b), planesBlock-len(w.block))
		w.block, b = append(w.block, b[:n]...), b[n:]
		if len(w.block) == planesBlock {
			if err := w.flush(); err != nil {
				return all - len(b), err
			}
		}
	}
	return all, nil
}

func (w *planesWriter) flush() error {
	planes := make([]byte, len(w.block))
	toPlanes(planes, w.block)
	w.block = w.block[:0]
	_, err := w.to.Write(planes)
	return err
}

func (w *planesWriter) Close() error {
	if err := w.flush(); err != nil {
		return err
	}
	return w.to.Close()
}

// joinPlanes is its decompressor; it holds a block at a time, whatever there is.
func joinPlanes(r io.Reader) io.ReadCloser { return &planesReader{from: flate.NewReader(r)} }

type planesReader struct {
	from io.ReadCloser
	left []byte // of the block that is being read
	err  error  // what comes after it
}

func (r *planesReader) Read(b []byte) (int, error) {
	if len(r.left) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		planes := make([]byte, planesBlock)
		n, err := io.ReadFull(r.from, planes)
		if err == io.ErrUnexpectedEOF { // of the block: the file ends with it
			err = io.EOF
		}
		r.left, r.err = make([]byte, n), err
		fromPlanes(r.left, planes[:n])
	}
	n := copy(b, r.left)
	r.left = r.left[n:]
	if n == 0 {
		return 0, r.err
	}
	return n, nil
}

func (r *planesReader) Close() error { return r.from.Close() }
