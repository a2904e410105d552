package tui

import (
	"testing"

	"charla/server/chat"
)

// A device that came in with a code of ana's is told where she sits: a code that was
// read over her shoulder let somebody in without a word.
func TestADeviceThatCameInIsToldRegression(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana, eva := s.sit(a, 140, 24), s.sit(s.Person("eva"), 80, 24)
		comes := func(come func(code chat.CodeHash) error) {
			t.Helper()
			plain, _, err := a.LoginCode(s.Ctx)
			if err != nil {
				t.Fatal(err)
			}
			code, err := s.Service.CheckLoginCode(s.Ctx, a.Me().ID, plain)
			if err == nil {
				err = come(code)
			}
			if err != nil {
				t.Fatal(err)
			}
			s.settle(ana, eva)
		}
		comes(func(code chat.CodeHash) error {
			_, err := s.Service.AddProvenKey(s.Ctx, a.Me().ID, chat.Key{Fingerprint: "SHA256:zz", Name: "móvil\"; /llave quitar 1"}, code)
			return err
		})
		ana.sees("otro aparato ha entrado como tú", `"móvil'; /llave quitar 1"; si no has sido`, "tú, /llave quitar SHA256:zz")
		eva.missing("otro aparato")
		comes(func(code chat.CodeHash) error {
			_, err := s.Service.ResetPassphrase(s.Ctx, a.Me().ID, "hash of x", code)
			return err
		})
		ana.sees("ha puesto una contraseña", "/contraseña poner")
	})
}
