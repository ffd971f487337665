package remote

import (
	"fmt"
	"net"
	"os"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// clientConfig has our credentials and the host key that we trust. The agent's connection is needed until the login is
// done. The caller closes it.
func (c *Connection) clientConfig() (*ssh.ClientConfig, func(), error) {
	config := &ssh.ClientConfig{
		User:    or(c.User, defaultUser),
		Timeout: time.Duration(or(c.PerDialTimeout, defaultPerDialTimeout)) * time.Second,
	}
	if err := c.pinHostKey(config); err != nil {
		return nil, nil, err
	}
	if err := c.offerPrivateKey(config); err != nil {
		return nil, nil, err
	}
	c.offerPassword(config)
	closeAgent, err := c.offerAgent(config)
	if err != nil {
		return nil, nil, err
	}
	return config, closeAgent, nil
}

// pinHostKey refuses a host that offers another key, before the host learns who wants to log in.
func (c *Connection) pinHostKey(config *ssh.ClientConfig) error {
	if c.HostKey == nil {
		// Like the official provider: the sandbox must not hide that a program forgot the host key.
		config.HostKeyCallback = ssh.InsecureIgnoreHostKey()
		return nil
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(*c.HostKey))
	if err != nil {
		return fmt.Errorf("connection.hostKey must be a public key of the form `ssh-ed25519 AAAA…`: %w", err)
	}
	config.HostKeyCallback = ssh.FixedHostKey(key)
	// Without this, a host with several keys might offer one of another type.
	config.HostKeyAlgorithms = []string{key.Type()}
	return nil
}

func (c *Connection) offerPrivateKey(config *ssh.ClientConfig) error {
	if c.PrivateKey == nil {
		return nil
	}
	var signer ssh.Signer
	var err error
	if c.PrivateKeyPassword == nil {
		signer, err = ssh.ParsePrivateKey([]byte(*c.PrivateKey))
	} else {
		signer, err = ssh.ParsePrivateKeyWithPassphrase([]byte(*c.PrivateKey), []byte(*c.PrivateKeyPassword))
	}
	if err != nil {
		return fmt.Errorf("connection.privateKey can't be read: %w", err)
	}
	config.Auth = append(config.Auth, ssh.PublicKeys(signer))
	return nil
}

func (c *Connection) offerPassword(config *ssh.ClientConfig) {
	if c.Password == nil {
		return
	}
	// Many servers accept a password only as the answer to a question.
	answer := func(_, _ string, questions []string, _ []bool) ([]string, error) {
		answers := make([]string, len(questions))
		for i := range answers {
			answers[i] = *c.Password
		}
		return answers, nil
	}
	config.Auth = append(config.Auth, ssh.Password(*c.Password), ssh.KeyboardInteractive(answer))
}

// offerAgent offers the keys of an agent. An agent that is named and can't be reached is an error even beside a
// private key, as it is in the official provider: a stale SSH_AUTH_SOCK must also fail in the sandbox.
func (c *Connection) offerAgent(config *ssh.ClientConfig) (func(), error) {
	path := or(c.AgentSocketPath, os.Getenv("SSH_AUTH_SOCK"))
	if path == "" {
		return func() {}, nil
	}
	conn, err := net.Dial("unix", path)
	if err != nil {
		return nil, err
	}
	config.Auth = append(config.Auth, ssh.PublicKeysCallback(agent.NewClient(conn).Signers))
	return func() { _ = conn.Close() }, nil
}
