//go:build !linux

package disk

import "errors"

// Exchange is only to be had on Linux.
func (OS) Exchange(a, b string) error { return errors.ErrUnsupported }
