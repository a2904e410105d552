package i18n

import (
	"reflect"
	"testing"
)

// A sentence that a language lacks would reach somebody as an empty line or a
// crash, so no field of either catalog may be zero.
func TestEveryLanguageHasEverySentence(t *testing.T) {
	for _, w := range []*Words{For(English), For(Spanish)} {
		walk(t, string(w.Lang), reflect.ValueOf(*w))
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
