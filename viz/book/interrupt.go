package book

import (
	"context"
	"os"
	"os/signal"
)

// Interruptible returns a context that ends when the cell is interrupted, and what lets go of it:
//
//	ctx, stop := book.Interruptible()
//	defer stop()
func Interruptible() (ctx context.Context, stop context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt)
}
