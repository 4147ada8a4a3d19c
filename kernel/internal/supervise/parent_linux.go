package supervise

import "syscall"

// endWithParent has Linux kill the process when the thread that starts it
// ends, so that even a killed supervisor leaves no GoNB for a moment.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }
