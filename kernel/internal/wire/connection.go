package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
)

// A Connection is what a connection file holds: where a kernel listens, and
// the key that its messages are signed with.
type Connection struct {
	Transport string `json:"transport"`
	IP        string `json:"ip"`
	Shell     int    `json:"shell_port"`
	IOPub     int    `json:"iopub_port"`
	Stdin     int    `json:"stdin_port"`
	Control   int    `json:"control_port"`
	Heartbeat int    `json:"hb_port"`
	Scheme    string `json:"signature_scheme"`
	Key       string `json:"key"`
	Name      string `json:"kernel_name,omitempty"`
}

// ReadConnection reads a connection file and says what is wrong with it.
func ReadConnection(name string) (Connection, error) {
	var c Connection
	text, err := os.ReadFile(name)
	if err != nil {
		return c, fmt.Errorf("the connection file of a Jupyter client is needed: %w", err)
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("%s is not the connection file of a Jupyter client: it is not JSON of its form: %w", name, err)
	}
	if err := c.check(); err != nil {
		return c, fmt.Errorf("%s is not the connection file of a Jupyter client: %w", name, err)
	}
	return c, nil
}

// check says what is wrong with the places in c.
func (c Connection) check() error {
	if c.Transport != "tcp" && c.Transport != "ipc" {
		return fmt.Errorf("its transport is %q, not tcp or ipc", c.Transport)
	}
	if c.IP == "" {
		return errors.New("it names no ip")
	}
	for name, port := range map[string]int{"shell_port": c.Shell, "iopub_port": c.IOPub, "stdin_port": c.Stdin, "control_port": c.Control, "hb_port": c.Heartbeat} {
		if port < 1 || port > 65535 {
			return fmt.Errorf("its %s is %d", name, port)
		}
	}
	_, err := NewCodec(c.Scheme, c.Key)
	return err
}

// Endpoint is the address of a port of c.
func (c Connection) Endpoint(port int) string {
	if c.Transport == "ipc" {
		return "ipc://" + c.IP + "-" + strconv.Itoa(port)
	}
	return "tcp://" + net.JoinHostPort(c.IP, strconv.Itoa(port))
}

// Write writes c to the file name, for nobody else to read.
func (c Connection) Write(name string) error {
	text, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o600)
}

// maxSocketPath is what the shortest system takes as the path of a socket.
const maxSocketPath = 100

// NewConnection returns a connection of a kernel that only this process talks
// to, with a key of its own: through sockets in the folder dir, or where its
// path is too long for that, on free ports of this machine.
func NewConnection(dir string) (Connection, error) {
	c := Connection{Transport: "ipc", IP: dir + "/gonb", Shell: 1, IOPub: 2, Stdin: 3, Control: 4, Heartbeat: 5,
		Scheme: "hmac-sha256", Key: NewID()}
	if len(c.Endpoint(1)) <= maxSocketPath {
		return c, nil
	}
	c.Transport, c.IP = "tcp", "127.0.0.1"
	for _, port := range []*int{&c.Shell, &c.IOPub, &c.Stdin, &c.Control, &c.Heartbeat} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return c, err
		}
		defer l.Close() // after all have one
		*port = l.Addr().(*net.TCPAddr).Port
	}
	return c, nil
}
