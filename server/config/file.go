package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"

	"charla/server/chat"
)

// mostFile bounds the file: ten thousand keys fit.
const mostFile = 1 << 20

// readFile reads the file that was named, else the one in the data folder if it
// is there.
func (s Sources) readFile(c *Config) error {
	path, from := s.Getenv(FileVar), FileVar
	if s.Flags.File != nil {
		path, from = *s.Flags.File, "--config"
	}
	named := path != "" || s.Flags.File != nil
	if !named {
		path = filepath.Join(c.Data, FileName)
	}
	raw, err := slurp(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !named:
		return nil
	case err != nil && named:
		return &Error{Setting: from, Value: path, Why: "cannot be read (" + err.Error() + "); give a file that this user may read"}
	case err != nil:
		return &Error{File: path, Why: "cannot be read (" + err.Error() + "); let this user read it, or move it away"}
	}
	c.File = path
	if mistake := c.parse(raw); mistake != nil {
		mistake.File = path
		return mistake
	}
	return nil
}

// slurp reads a file of at most mostFile bytes.
func slurp(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, mostFile+1))
	if err == nil && len(raw) > mostFile {
		err = errors.New("it is larger than 1 MiB")
	}
	return string(raw), err
}

// parse sets what a file says, in its order, up to the first mistake.
func (c *Config) parse(text string) *Error {
	var f file
	var err error
	if f.md, err = toml.Decode(text, &f.top); err != nil {
		return notTOML(err)
	}
	for _, key := range f.md.Keys() {
		if mistake := f.take(c, key); mistake != nil {
			return mistake
		}
	}
	return nil
}

// file is a file that is TOML.
type file struct {
	md  toml.MetaData
	top map[string]toml.Primitive
}

// take sets what the file has under key.
func (f *file) take(c *Config, key toml.Key) *Error {
	name := key.String()
	for _, s := range settings() {
		if s.name == name {
			return f.at(key, func(v any) *Error { return s.take(c, v) })
		}
		if section, _, within := strings.Cut(s.name, "."); within && section == name {
			return f.at(key, func(v any) *Error { return isSection(name, v) })
		}
	}
	return f.at(key, func(any) *Error { return unknown(name) })
}

// take is set with what a mistake needs to be told.
func (s setting) take(c *Config, v any) *Error {
	mistake := s.set(c, v)
	if mistake == nil {
		return nil
	}
	mistake.Setting = s.name
	if mistake.Why == "" {
		mistake.Why = "write " + s.write
	}
	return mistake
}

func isSection(name string, v any) *Error {
	if _, ok := v.(map[string]any); ok {
		return nil
	}
	return &Error{Setting: name, Value: fmt.Sprint(v), Why: fmt.Sprintf("this is a section: write [%s] on a line of its own, and its settings below", name)}
}

func unknown(name string) *Error {
	if name == "data" {
		return &Error{Why: "data is not set in the file, which may lie in that folder; give --data or " + DataVar}
	}
	var names []string
	for _, s := range settings() {
		names = append(names, s.name)
	}
	why := "there is no setting " + chat.OneLine(name, 60)
	if near := chat.Nearest(name[:min(len(name), 64)], names); near != "" {
		return &Error{Why: why + "; " + near + "?"}
	}
	return &Error{Why: why + "; there are " + strings.Join(names, ", ")}
}

// taker gets a value of the file.
type taker func(any) error

// UnmarshalTOML is toml.Unmarshaler.
func (t taker) UnmarshalTOML(v any) error { return t(v) }

// at gives take what the file has under key, and a mistake its line. The library
// tells the place of what an Unmarshaler refuses, and of nothing else.
func (f *file) at(key toml.Key, take func(any) *Error) *Error {
	value := f.top[key[0]]
	for _, part := range key[1:] {
		var section map[string]toml.Primitive
		if err := f.md.PrimitiveDecode(value, &section); err != nil {
			return notTOML(err)
		}
		value = section[part]
	}
	var mistake *Error
	err := f.md.PrimitiveDecode(value, taker(func(v any) error {
		if mistake = take(v); mistake != nil {
			return mistake
		}
		return nil
	}))
	if mistake != nil {
		mistake.Line = lineOf(err)
	}
	return mistake
}

func lineOf(err error) int {
	var at toml.ParseError
	if errors.As(err, &at) {
		return at.Position.Line
	}
	return 0
}

// notTOML is what the library says, and what to write if it was about a value of
// ours.
func notTOML(err error) *Error {
	var at toml.ParseError
	if !errors.As(err, &at) {
		return &Error{Why: "not TOML: " + chat.OneLine(err.Error(), 200)}
	}
	why := "not TOML: " + chat.OneLine(at.Message, 200)
	for _, s := range settings() {
		if s.name == at.LastKey {
			_, last, _ := strings.Cut("."+s.name, ".")
			why += "; write " + last[strings.LastIndex(last, ".")+1:] + " = " + s.write
		}
	}
	return &Error{Line: at.Position.Line, Why: why}
}
