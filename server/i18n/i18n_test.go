package i18n

import (
	"reflect"
	"regexp"
	"testing"
)

// A sentence that a language lacks would reach somebody as an empty line or a
// crash, so no field of either catalog may be zero.
func TestEveryLanguageHasEverySentence(t *testing.T) {
	for _, w := range []*Words{For(English), For(Spanish)} {
		walk(t, string(w.Lang), reflect.ValueOf(*w))
	}
}

// Sentences sent people to "key list" in the middle of Spanish, and called a key
// clave here and llave there. A sentence is called with nothing in its blanks.
func TestSpanishNamesCommandsAndKeysInSpanishRegression(t *testing.T) {
	foreign := regexp.MustCompile(`\b(key (list|add|remove)|passphrase set|group (new|add|leave)|admin (help|code)|frase de paso|claves?)\b|/(join|link|list|help|accept|block)\b`)
	sentences(reflect.ValueOf(*For(Spanish)), func(s string) {
		if found := foreign.FindString(s); found != "" {
			t.Errorf("%q in %q", found, s)
		}
	})
}

// One thing had two names: the key Enter, a passphrase where accents are dropped, a term,
// and what somebody does who answers a stranger.
func TestSpanishHasOneWordForEachThing(t *testing.T) {
	other := regexp.MustCompile(`\b(Intro|TIEMPO|claves? secretas?|dejad[oa] pasar)\b`)
	sentences(reflect.ValueOf(*For(Spanish)), func(s string) {
		if found := other.FindString(s); found != "" {
			t.Errorf("%q in %q", found, s)
		}
	})
}

// sentences calls do with every text of a catalog.
func sentences(v reflect.Value, do func(string)) {
	switch v.Kind() {
	case reflect.String:
		do(v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			sentences(v.Field(i), do)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			sentences(v.MapIndex(k), do)
		}
	case reflect.Slice:
		for i := range v.Len() {
			sentences(v.Index(i), do)
		}
	case reflect.Func:
		in := make([]reflect.Value, v.Type().NumIn())
		for i := range in {
			in[i] = reflect.Zero(v.Type().In(i))
		}
		for _, out := range v.Call(in) {
			sentences(out, do)
		}
	}
}

func walk(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	if v.Kind() != reflect.Struct {
		if v.IsZero() || v.Kind() == reflect.Map && v.Len() == 0 {
			t.Errorf("%s is empty", path)
		}
		return
	}
	for i := range v.NumField() {
		walk(t, path+"."+v.Type().Field(i).Name, v.Field(i))
	}
}

func TestLanguageOfTheEnvironment(t *testing.T) {
	tests := []struct {
		env  map[string]string
		want Lang
	}{
		{map[string]string{"LANG": "es_MX.UTF-8"}, Spanish},
		{map[string]string{"LANG": "en_GB"}, English},
		{map[string]string{"LANG": "es_ES", "LC_ALL": "en_US.UTF-8"}, English},
		{map[string]string{"LC_MESSAGES": "es", "LANG": "en_US"}, Spanish},
		{map[string]string{"LANG": "C.UTF-8"}, Spanish},
		{map[string]string{"LANG": "ja_JP.UTF-8"}, Spanish},
		{map[string]string{"LANG": "\x1b]0;x\a"}, Spanish},
		{nil, Spanish},
	}
	for _, tt := range tests {
		if got := FromEnv(func(k string) string { return tt.env[k] }, Spanish); got != tt.want {
			t.Errorf("%v: %s, want %s (the fallback here is Spanish)", tt.env, got, tt.want)
		}
	}
}
