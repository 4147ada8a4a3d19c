//go:build !linux

package store

import "errors"

// Exchange is only to be had on Linux.
func (osFiles) Exchange(a, b string) error { return errors.ErrUnsupported }
