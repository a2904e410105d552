package tui

import (
	"strconv"
	"strings"

	"charla/server/chat"
)

// address is how a person's own computer reaches this server.
type address struct {
	nick    chat.Nick
	host    string
	port    int
	windows bool // the client is Windows' own OpenSSH: double quotes only
}

// isWindows tells by the version line of an SSH client.
func isWindows(client string) bool {
	return strings.Contains(client, "OpenSSH_for_Windows") || strings.Contains(client, "WinSCP") || strings.Contains(client, "PuTTY")
}

func (a address) at() string {
	host := a.host
	if strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		host = "[" + host + "]" // IPv6: the colon after it begins the path
	}
	return string(a.nick) + "@" + host
}

func (a address) program(name string) string {
	if a.port == 22 {
		return name
	}
	return name + " -P " + strconv.Itoa(a.port)
}

// fetch is the one line that brings a file.
func (a address) fetch(handle chat.Handle, file string) string {
	return a.program("sftp") + " " + a.quote(a.at()+":"+sftpEscape(string(handle)+"/"+file))
}

// send is the one line that sends files of the person's computer.
func (a address) send(handle chat.Handle, paths ...string) string {
	words := []string{a.program("scp")}
	for _, path := range paths {
		words = append(words, a.quotePath(path))
	}
	return strings.Join(append(words, a.at()+":"+string(handle)+"/"), " ")
}

// sftpEscape hides what the sftp client itself would take apart: it makes a
// command line of the path (sftp.c, makeargv: "Unescape everything" but the
// glob characters, which keep their backslash for glob).
func sftpEscape(path string) string {
	var b strings.Builder
	for _, r := range path {
		if strings.ContainsRune(" '\"\\[]*?#", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// quote is for a shell unknown: double quotes are understood by sh, cmd and
// PowerShell alike. Only what sh would expand in them asks for single ones.
func (a address) quote(s string) string {
	if !a.windows && (strings.ContainsAny(s, "$`!") || strings.Contains(s, `\\`)) {
		return single(s)
	}
	return `"` + s + `"`
}

// quotePath quotes a path of the person's own computer.
func (a address) quotePath(path string) string {
	if a.windows && !strings.Contains(path, `"`) {
		return `"` + path + `"`
	}
	return single(path)
}

// single is POSIX quoting: within single quotes nothing is special but the
// single quote itself.
func single(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
