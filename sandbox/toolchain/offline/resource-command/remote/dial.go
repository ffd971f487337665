package remote

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"golang.org/x/crypto/ssh"
)

// The pauses between attempts grow as the official provider's do: its ten attempts take about eleven seconds, and
// a program that gives up too early on a booting server must also fail in the sandbox.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
	pauseGrowth  = 1.5
)

// dial connects, and tries again for as long as the connection's limit allows. Every kind of failure counts as
// one: while a server boots, its host key and its users may still be missing.
func (c *Connection) dial(ctx context.Context) (*ssh.Client, error) {
	config, closeAgent, err := c.clientConfig()
	if err != nil {
		return nil, err
	}
	defer closeAgent()

	address := net.JoinHostPort(c.Host, strconv.Itoa(int(or(c.Port, defaultPort))))
	limit := or(c.DialErrorLimit, defaultDialErrorLimit)
	pause := firstPause
	for failed := 0; ; failed++ {
		client, err := dialOnce(ctx, address, config)
		if err == nil {
			return client, nil
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%w while dialing %s", ctx.Err(), address)
		}
		if limit != unlimited && failed >= limit {
			return nil, fmt.Errorf("after %d failed attempts: %w", failed, err)
		}
		p.GetLogger(ctx).InfoStatusf("Dial %d/%s failed: retrying", failed+1, limitText(limit))
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w while dialing %s; the last attempt failed: %w", ctx.Err(), address, err)
		case <-time.After(pause):
		}
		pause = min(time.Duration(float64(pause)*pauseGrowth), longestPause)
	}
}

func limitText(limit int) string {
	if limit == unlimited {
		return "inf"
	}
	return strconv.Itoa(limit)
}

func dialOnce(ctx context.Context, address string, config *ssh.ClientConfig) (*ssh.Client, error) {
	dialer := net.Dialer{Timeout: config.Timeout}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	// The handshake knows no context: closing the connection under it ends it.
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	transport, channels, requests, err := ssh.NewClientConn(conn, address, config)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return ssh.NewClient(transport, channels, requests), nil
}
