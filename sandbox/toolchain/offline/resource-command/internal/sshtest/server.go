// Package sshtest is a real SSH server in this process, on loopback, whose commands are a function of the test.
package sshtest

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"
)

// Exec is what the server does with a command line: it returns the exit status. Its input and outputs are the
// channel's, and the channel is closed when the client goes away.
type Exec func(command Command) uint32

// Command is a command line as it reached the server.
type Command struct {
	Line        string
	User        string
	Environment map[string]string
	Stdin       io.Reader
	Stdout      io.Writer
	Stderr      io.Writer
}

// Server listens until its test is over.
type Server struct {
	Host string
	Port int
	// HostKey is the public key that the server shows, in the form of known_hosts.
	HostKey string
	// AcceptEnv lists the variables that a client may set. Fill it before the first command.
	AcceptEnv []string

	mutex  sync.Mutex
	logins int
	opened int
}

// Logins says how many attempts to log in the server has seen.
func (s *Server) Logins() int { return s.read(&s.logins) }

// Connections says how many connections were opened.
func (s *Server) Connections() int { return s.read(&s.opened) }

func (s *Server) read(counter *int) int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return *counter
}

func (s *Server) count(counter *int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	*counter++
}

// Key is a client's or a host's key pair.
type Key struct {
	Private string
	Public  string
	signer  ssh.Signer
	raw     ed25519.PrivateKey
}

// NewKey makes an ed25519 key pair.
func NewKey(t *testing.T) Key {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	plain, err := ssh.MarshalPrivateKey(private, "")
	must(t, err)
	signer, err := ssh.NewSignerFromKey(private)
	must(t, err)
	return Key{
		Private: string(pem.EncodeToMemory(plain)),
		Public:  strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey()))),
		signer:  signer,
		raw:     private,
	}
}

// Encrypted is the private key under a password.
func (k Key) Encrypted(t *testing.T, password string) string {
	t.Helper()
	block, err := ssh.MarshalPrivateKeyWithPassphrase(k.raw, "", []byte(password))
	must(t, err)
	return string(pem.EncodeToMemory(block))
}

// Start starts a server that lets the key in, and the password if there is one.
func Start(t *testing.T, client Key, password string, exec Exec) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	address, isTCP := listener.Addr().(*net.TCPAddr)
	if !isTCP {
		t.Fatalf("listening on %v", listener.Addr())
	}

	host := NewKey(t)
	server := &Server{Host: "127.0.0.1", Port: address.Port, HostKey: host.Public}
	config := &ssh.ServerConfig{
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			server.count(&server.logins)
			if string(key.Marshal()) != string(client.signer.PublicKey().Marshal()) {
				return nil, errors.New("unknown key")
			}
			return &ssh.Permissions{}, nil
		},
		PasswordCallback: func(_ ssh.ConnMetadata, given []byte) (*ssh.Permissions, error) {
			server.count(&server.logins)
			if password == "" || string(given) != password {
				return nil, errors.New("wrong password")
			}
			return &ssh.Permissions{}, nil
		},
	}
	config.AddHostKey(host.signer)
	go server.accept(listener, config, exec)
	return server
}

func (s *Server) accept(listener net.Listener, config *ssh.ServerConfig, exec Exec) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		s.count(&s.opened)
		go s.serve(conn, config, exec)
	}
}

func (s *Server) serve(conn net.Conn, config *ssh.ServerConfig, exec Exec) {
	defer func() { _ = conn.Close() }()
	login, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for offered := range channels {
		if offered.ChannelType() != "session" {
			_ = offered.Reject(ssh.UnknownChannelType, "only sessions")
			continue
		}
		channel, requests, err := offered.Accept()
		if err != nil {
			return
		}
		go s.session(login.User(), channel, requests, exec)
	}
}

func (s *Server) session(user string, channel ssh.Channel, requests <-chan *ssh.Request, exec Exec) {
	environment := map[string]string{}
	for request := range requests {
		switch request.Type {
		case "env":
			var variable struct{ Name, Value string }
			accepted := ssh.Unmarshal(request.Payload, &variable) == nil && slices.Contains(s.AcceptEnv, variable.Name)
			if accepted {
				environment[variable.Name] = variable.Value
			}
			_ = request.Reply(accepted, nil)
		case "exec":
			var line struct{ Line string }
			_ = request.Reply(ssh.Unmarshal(request.Payload, &line) == nil, nil)
			go func() {
				status := exec(Command{line.Line, user, environment, channel, channel, channel.Stderr()})
				_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{status}))
				_ = channel.Close()
			}()
		default:
			_ = request.Reply(false, nil)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
