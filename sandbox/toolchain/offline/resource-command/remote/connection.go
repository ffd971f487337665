package remote

import "github.com/pulumi/pulumi-go-provider/infer"

// Connection says how to reach a host, and as which user.
type Connection struct {
	Host               string   `pulumi:"host"`
	Port               *float64 `pulumi:"port,optional"`
	User               *string  `pulumi:"user,optional"`
	Password           *string  `pulumi:"password,optional" provider:"secret"`
	PrivateKey         *string  `pulumi:"privateKey,optional" provider:"secret"`
	PrivateKeyPassword *string  `pulumi:"privateKeyPassword,optional" provider:"secret"`
	AgentSocketPath    *string  `pulumi:"agentSocketPath,optional"`
	HostKey            *string  `pulumi:"hostKey,optional"`
	DialErrorLimit     *int     `pulumi:"dialErrorLimit,optional"`
	PerDialTimeout     *int     `pulumi:"perDialTimeout,optional"`
}

const (
	defaultPort           = 22
	defaultUser           = "root"
	defaultDialErrorLimit = 10
	defaultPerDialTimeout = 15

	// unlimited is the dialErrorLimit of a connection that is tried until it works or is cancelled.
	unlimited = -1
)

// Annotate describes the connection in the schema, and gives it its defaults.
func (c *Connection) Annotate(a infer.Annotator) {
	a.Describe(&c, "How to reach a host and who to be there.")
	a.Describe(&c.Host, "The host's name or address.")
	a.Describe(&c.Port, "The port of its SSH server.")
	a.SetDefault(&c.Port, defaultPort)
	a.Describe(&c.User, "The user to log in as.")
	a.SetDefault(&c.User, defaultUser)
	a.Describe(&c.Password, "The user's password. A private key is tried first.")
	a.Describe(&c.PrivateKey, "The private key to log in with, as text.")
	a.Describe(&c.PrivateKeyPassword, "The password of the private key, if it has one.")
	a.Describe(&c.AgentSocketPath, "The socket of an SSH agent. Default: SSH_AUTH_SOCK of the environment.")
	a.Describe(&c.HostKey, "The host's public key. Without it, any host is trusted.")
	a.Describe(&c.DialErrorLimit, "How often dialing may fail before the command does. -1: any number of times.")
	a.SetDefault(&c.DialErrorLimit, defaultDialErrorLimit)
	a.Describe(&c.PerDialTimeout, "How many seconds one attempt to connect may take. 0: any number.")
	a.SetDefault(&c.PerDialTimeout, defaultPerDialTimeout)
}

// or fills in a default. Check does so already, except for a connection from an old state.
func or[T any](value *T, fallback T) T {
	if value == nil {
		return fallback
	}
	return *value
}
