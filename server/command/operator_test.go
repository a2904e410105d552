package command

import (
	"errors"
	"reflect"
	"testing"
)

// What a shell has split is not split again, and a quote is a letter.
func TestWordsThatAShellHasSplit(t *testing.T) {
	tests := []struct {
		args []string
		name string
		want Order
	}{
		{[]string{"send", "--json", "--id", "a b", "beto", "don't", " wait ", "--json"}, "send",
			Order{args: []string{"beto"}, text: "don't  wait  --json", flags: map[string]string{"json": "", "id": "a b"}}},
		{[]string{"send", "--", "--beto", "x"}, "send", Order{args: []string{"--beto"}, text: "x", flags: map[string]string{}}},
		{[]string{"group", "new", "Familia Peña", "beto"}, "group new", Order{args: []string{"Familia Peña", "beto"}, flags: map[string]string{}}},
		{[]string{"grupo nuevo", "x"}, "group new", Order{args: []string{"x"}, flags: map[string]string{}}},
		{[]string{"admin", "status", "--help"}, "help", Order{args: []string{"admin status"}}},
		{[]string{"passphrase", "remove"}, "passphrase remove", Order{flags: map[string]string{}}},
	}
	for _, tt := range tests {
		got, err := ParseArgs(tt.args)
		if err != nil {
			t.Errorf("%q: %v", tt.args, err)
			continue
		}
		name := got.Command.English[0]
		got.Command = Command{}
		if name != tt.name || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q: %s %+v, want %s %+v", tt.args, name, got, tt.name, tt.want)
		}
	}
	var usage *Usage
	for _, args := range [][]string{nil, {"group"}, {"group", "nwe"}, {"read"}, {"read", "a", "b"}, {"read", "--last"}, {"send", "--nope", "beto", "x"}} {
		if _, err := ParseArgs(args); !errors.As(err, &usage) {
			t.Errorf("%q: %v", args, err)
		}
	}
	var unknown *Unknown
	for _, args := range [][]string{{""}, {"admin", "bann", "x"}, {"sned", "x"}, {"\x1b[2J"}} {
		if _, err := ParseArgs(args); !errors.As(err, &unknown) {
			t.Errorf("%q: %v", args, err)
		}
	}
}

// FuzzArgs holds that no words make the parser fall over, and that what it
// understands keeps within the command's bounds.
func FuzzArgs(f *testing.F) {
	f.Add("admin", "status", "--json")
	f.Add("send", "--", "--")
	f.Add("--", "", "\xff")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		for _, parse := range []func([]string) (Order, error){ParseArgs, ParseOperator} {
			o, err := parse([]string{a, b, c})
			if err == nil && (len(o.args) < o.Command.Min || len(o.args) > o.Command.Max) {
				t.Errorf("%q is understood as %+v", []string{a, b, c}, o)
			}
		}
	})
}
