package doctor

import "golang.org/x/sys/unix"

// noExec is the flag of a file system where programs may not be executed.
const noExec = unix.MNT_NOEXEC
