package supervise

// A Child is a GoNB that was started, with a process group of its own.
type Child struct{ pid int }
