package tui

import (
	"os/exec"
	"strings"
	"testing"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

func TestDraggedPaths(t *testing.T) {
	tests := []struct{ pasted, want string }{
		{"/home/a/foto.jpg", "/home/a/foto.jpg"},
		{"/home/a/foto.jpg ", "/home/a/foto.jpg"},
		{"'/home/a/foto 1.jpg'", "/home/a/foto 1.jpg"},
		{`'/home/a/l'\''été.jpg' `, "/home/a/l'été.jpg"},
		{`"/home/a/foto 1.jpg"`, "/home/a/foto 1.jpg"},
		{`/Users/a/foto\ 1\ \(2\).jpg`, "/Users/a/foto 1 (2).jpg"},
		{"/home/a/foto 1.jpg", "/home/a/foto 1.jpg"},
		{"/foto.jpg", "/foto.jpg"},
		{"file:///home/a/foto%201.jpg", "/home/a/foto 1.jpg"},
		{"file:///C:/Users/a/foto.jpg", "C:/Users/a/foto.jpg"},
		{`C:\Users\Ana Pérez\foto.jpg`, `C:\Users\Ana Pérez\foto.jpg`},
		{`"C:\Users\Ana\foto 1.jpg"`, `C:\Users\Ana\foto 1.jpg`},
		{`\\server\share\foto.jpg`, `\\server\share\foto.jpg`},

		{"/ir beto", ""}, {"/help", ""}, {"/usr/bin is where programs live", ""}, {"hola", ""}, {"https://a/b.jpg", ""},
		{"//x", ""}, {"'hola'", ""}, {`"`, ""}, {"", ""}, {"/", ""}, {"/a/b.jpg /c/d.jpg", ""}, {"/a/b.jpg\n/c/d.jpg", ""},
		{"/a/\u202egpj.exe", ""}, {"/a/\x1b[31mb.jpg", ""}, {"file://evil/x", ""}, {"file:///a%0ab", ""}, {"C:", ""}, {"a://b", ""},
	}
	for _, tt := range tests {
		got, ok := pathOf(tt.pasted)
		if !ok {
			got = ""
		}
		if got != tt.want {
			t.Errorf("%q is %q, want %q", tt.pasted, got, tt.want)
		}
	}
}

func TestOrders(t *testing.T) {
	posix := address{nick: "ana", host: "chat.lan", port: 2222}
	windows := address{nick: "ana", host: "chat.lan", port: 2222, windows: isWindows("SSH-2.0-OpenSSH_for_Windows_9.5")}
	tests := []struct{ got, want string }{
		{posix.send("beto", "/home/a/foto 1.jpg"), `scp -P 2222 '/home/a/foto 1.jpg' ana@chat.lan:beto/`},
		{posix.send("beto", "/home/a/l'été.jpg"), `scp -P 2222 '/home/a/l'\''été.jpg' ana@chat.lan:beto/`},
		{windows.send("beto", `C:\Users\a\foto 1.jpg`), `scp -P 2222 "C:\Users\a\foto 1.jpg" ana@chat.lan:beto/`},
		{posix.fetch("ana", "photo.jpg"), `sftp -P 2222 "ana@chat.lan:ana/photo.jpg"`},
		{posix.fetch("ana", "foto 1 [x].jpg"), `sftp -P 2222 "ana@chat.lan:ana/foto\ 1\ \[x\].jpg"`},
		{posix.fetch("ana", "$(reboot)`x`!.jpg"), "sftp -P 2222 'ana@chat.lan:ana/$(reboot)`x`!.jpg'"},
		{windows.fetch("ana", "photo.jpg"), `sftp -P 2222 "ana@chat.lan:ana/photo.jpg"`},
		{address{nick: "ana", host: "::1", port: 22}.fetch("beto", "x"), `sftp "ana@[::1]:beto/x"`},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s, want %s", tt.got, tt.want)
		}
	}
}

// Whatever a file is called, a shell hands the words over as they were meant
// and runs nothing.
func FuzzQuoting(f *testing.F) {
	for _, s := range []string{"a b", "it's", "$(echo x)", "`x`", "a\\b", "!!", "ñ", "-rf", "*", "a;b|c>d"} {
		f.Add(s)
	}
	for _, h := range chattest.HostileTexts() {
		if name, err := chat.CleanFileName(h.Text); err == nil && len(name) < 60 {
			f.Add(name)
		}
	}
	if _, err := exec.LookPath("sh"); err != nil {
		f.Skip("no sh here")
	}
	a := address{nick: "ana", host: "h", port: 2222}
	f.Fuzz(func(t *testing.T, name string) {
		if strings.ContainsAny(name, "\x00\n\"") || strings.ToValidUTF8(name, "") != name || len(name) > 200 {
			t.Skip()
		}
		check := func(line string, want ...string) {
			out, err := exec.Command("sh", "-c", "sftp() { printf '%s\\n' \"$@\"; }; scp() { sftp \"$@\"; }; "+line).Output()
			if err != nil || string(out) != strings.Join(want, "\n")+"\n" {
				t.Fatalf("%s gave %q, %v", line, out, err)
			}
		}
		check(a.send("beto", "/"+name), "-P", "2222", "/"+name, "ana@h:beto/")
		check(a.fetch("beto", name), "-P", "2222", "ana@h:"+sftpEscape("beto/"+name))
	})
}

func FuzzPathOf(f *testing.F) {
	f.Add("'/a b'")
	f.Add("file:///%2e%2e/%00")
	f.Add(`'/a b.c' /d\ e.f "C:\g.h" 'i`)
	f.Fuzz(func(t *testing.T, s string) {
		for _, p := range pathsOf(s) {
			if p == "" || strings.ContainsAny(p, "\x00\n\x1b\r") || !(p[0] == '/' || isDrive(p) || strings.HasPrefix(p, `\\`)) {
				t.Fatalf("%q became %q", s, p)
			}
		}
	})
}
