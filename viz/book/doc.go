// Package book is what a notebook cell imports to show things: figures, progress, and the numbers
// that the notebook claims.
//
//	book.Check(book.Show(charts.Plot{}))
//
//	bar := book.NewProgress("train", steps)
//	defer bar.Done()
//	bar.Step(step, fmt.Sprintf("loss %.3f", loss))
//
//	book.Check(book.ClaimInterval("quote_loss", mean, lo, hi, n))
//
// In a cell run by the GoNB kernel (which sets GONB_PIPE) everything becomes a display of the
// notebook; each call returns when the kernel has taken it, so nothing is lost when the cell's
// process ends. Anywhere else, such as under go run, the text forms go to standard output, and the
// same program reads as a log.
//
// A display carries several forms of the same thing. text/html comes first and is what JupyterLab
// shows, also in a notebook that is not trusted: pictures are images with a data URI, and only
// elements that its sanitiser keeps are used. image/svg+xml and text/plain are for other readers.
// Claims and provenance also carry the forms
//
//	application/vnd.circuitbook.claim+json       {"name":…, "value":…} and, for an interval, "lo", "hi", "n"; {"claims": {name: …}} for several
//	application/vnd.circuitbook.provenance+json  {fact: value, …}
//
// which the circuitbook command collects from the executed notebook into its results file.
package book
