package chat_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/internal/limit"
	"time"
)

func wantFound(t *testing.T, w *chattest.World, who *chat.Actor, s chat.Search, want ...string) {
	t.Helper()
	if s.Limit == 0 {
		s.Limit = 10
	}
	found, err := who.Search(w.Ctx, s)
	if got := chattest.Lines(found.Messages); err != nil || !slices.Equal(got, want) {
		t.Errorf("%s looks for %q and finds %q, %v, want %q", who.Me().Nick, s.Text, got, err, want)
	}
}

// Two people find what they said; a stranger finds nothing of others, whatever
// they ask and wherever.
func TestOnlyThoseWhoMayReadFind(t *testing.T) {
	w := chattest.New(t)
	ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
	talk, group := w.Befriend(ana, beto), w.Group(ana, "Pandilla", beto)
	w.Say(ana, talk, "el tesoro está en la isla")
	w.Say(beto, group, "¿quién tiene el tesoro?")
	w.Say(ana, w.Lobby(), "buenos días, tesoros")
	w.Say(ana, w.Talk(ana, ana), "no decir nada del tesoro")
	w.Settle()

	wantFound(t, w, ana, chat.Search{Text: "Tesoro"}, "ana: no decir nada del tesoro", "ana: buenos días, tesoros", "beto: ¿quién tiene el tesoro?", "ana: el tesoro está en la isla")
	wantFound(t, w, beto, chat.Search{Text: "tesoro"}, "ana: buenos días, tesoros", "beto: ¿quién tiene el tesoro?", "ana: el tesoro está en la isla")
	wantFound(t, w, beto, chat.Search{Text: "tesoro", In: talk}, "ana: el tesoro está en la isla")
	wantFound(t, w, beto, chat.Search{Text: "tesoro isla"}, "ana: el tesoro está en la isla")
	wantFound(t, w, eva, chat.Search{Text: "tesoro"}, "ana: buenos días, tesoros")
	for _, where := range []chat.Ref{talk, {ID: talk.ID}, {ID: talk.ID, Peer: ana.Me().ID}, group, {ID: chat.TalkID(ana.Me().ID, ana.Me().ID), Peer: ana.Me().ID}} {
		if found, err := eva.Search(w.Ctx, chat.Search{Text: "tesoro", In: where, Limit: 10}); chat.CodeOf(err) != chat.NoConversation || len(found.Messages) > 0 {
			t.Errorf("in %+v a stranger finds %+v, %v", where, found, err)
		}
	}
	wantFound(t, w, eva, chat.Search{Text: "tesoro", In: w.Talk(eva, ana)}) // nobody wrote there
}

// Whoever left finds what was said until then, by what it says now, and nothing
// that came after; back again they find all.
func TestWhoLeftFindsUpToThen(t *testing.T) {
	w := chattest.New(t)
	ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
	group := w.Group(ana, "Pandilla", beto)
	w.Say(ana, group, "plan uno")
	w.Leave(beto, group)
	w.Say(ana, group, "plan dos")
	for _, in := range []chat.Ref{{}, group} {
		wantFound(t, w, beto, chat.Search{Text: "plan", In: in}, "ana: plan uno")
	}
	w.Add(ana, group, eva)
	w.Leave(eva, group)
	wantFound(t, w, eva, chat.Search{Text: "plan"}, "ana: plan dos", "ana: plan uno")
	empty := w.Group(ana, "Vacío", eva)
	w.Leave(eva, empty)
	w.Say(ana, empty, "plan tres")
	wantFound(t, w, eva, chat.Search{Text: "tres"})
	wantFound(t, w, eva, chat.Search{Text: "tres", In: empty})
	w.Add(ana, group, beto)
	wantFound(t, w, beto, chat.Search{Text: "plan"}, "ana: plan dos", "ana: plan uno")
}

func TestSearchingPageByPage(t *testing.T) {
	w := chattest.New(t)
	ana := w.Person("ana")
	for _, text := range []string{"uno aquí", "dos aquí", "tres aquí"} {
		w.Say(ana, w.Lobby(), text)
	}
	s := chat.Search{Text: "aqui", Limit: 2}
	first, err := ana.Search(w.Ctx, s)
	if err != nil || !first.More || !slices.Equal(chattest.Lines(first.Messages), []string{"ana: tres aquí", "ana: dos aquí"}) {
		t.Fatalf("the first page is %+v, %v", first, err)
	}
	s.Before = first.Messages[1].Position
	last, err := ana.Search(w.Ctx, s)
	if err != nil || last.More || !slices.Equal(chattest.Lines(last.Messages), []string{"ana: uno aquí"}) {
		t.Fatalf("the last page is %+v, %v", last, err)
	}
}

func TestWhatCannotBeLookedFor(t *testing.T) {
	w := chattest.New(t)
	ana := w.Person("ana")
	w.Say(ana, w.Lobby(), "hola, no sé nada")
	for text, want := range map[string]chat.Code{
		"":                                   chat.SearchEmpty,
		`"*^ ( ) : - ' "`:                    chat.SearchEmpty,
		"\x1b[31m":                           chat.SearchEmpty,
		"a b c d e f g h i":                  chat.SearchTooLong,
		strings.Repeat("x", chat.MaxQuery+1): chat.SearchTooLong,
	} {
		if _, err := ana.Search(w.Ctx, chat.Search{Text: text, Limit: 1}); chat.CodeOf(err) != want {
			t.Errorf("%.20q: %v, want %s", text, err, want)
		}
	}
	// A word that is short, or that something follows, is no beginning.
	wantFound(t, w, ana, chat.Search{Text: "na"})
	wantFound(t, w, ana, chat.Search{Text: "nad"}, "ana: hola, no sé nada")
	wantFound(t, w, ana, chat.Search{Text: "nad "}, "ana: hola, no sé nada") // blanks at the end are typed on the way
	wantFound(t, w, ana, chat.Search{Text: "nad."})
	wantFound(t, w, ana, chat.Search{Text: "no hol"}, "ana: hola, no sé nada")
	wantFound(t, w, ana, chat.Search{Text: "hol no"})
}

func TestSearchingHasABudget(t *testing.T) {
	now := time.Unix(0, 0)
	w := chattest.New(t, chattest.WithLimiter(limit.New(func() time.Time { return now })))
	ana := w.Person("ana")
	var err error
	for range 1000 {
		if _, err = ana.Search(w.Ctx, chat.Search{Text: "x", Limit: 1}); err != nil {
			break
		}
	}
	var e *chat.Error
	if !errors.As(err, &e) || e.Code != chat.TooFast || e.Wait <= 0 {
		t.Errorf("a thousand searches at once: %v", err)
	}
}

func TestTermsOfATexts(t *testing.T) {
	for text, want := range map[string][]string{
		"¡Qué RÁPIDO, ñandú!":        {"que", "rapido", "nandu"},
		"straße Łódź İstanbul Œuvre": {"strasse", "lodz", "istanbul", "oeuvre"},
		"a_b foo-bar.txt x@y":        {"a", "b", "foo", "bar", "txt", "x", "y"},
		"uno dos UNO":                {"uno", "dos"},
		"日本 語":                       {"日", "本", "語"},
		"ﬁn ①":                       {"fin", "1"},
		strings.Repeat("ab", 100):    {strings.Repeat("ab", 32)},
		"😀 --- ":                     nil,
	} {
		if got := chat.Terms(text); !slices.Equal(got, want) {
			t.Errorf("the terms of %q are %q, want %q", text, got, want)
		}
	}
}

// What is found again must have been put in the same way: terms of terms are the
// same, and hold nothing that means something to an index.
func FuzzTerms(f *testing.F) {
	for _, s := range []string{"hola", "¿Qué?", "a\x00b\xff", "NEAR(a b)", `"x" OR y*`, "_01JD8Z", "한국어 ไทย", "ǅ ŉ ẞ K Å", "x\u0301\u0308"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		terms := chat.Terms(s)
		if again := chat.Terms(strings.Join(terms, " ")); !slices.Equal(again, terms) {
			t.Errorf("%q: %q, and again %q", s, terms, again)
		}
		for _, term := range terms {
			if !utf8.ValidString(term) || term == "" || len(term) > 64 {
				t.Errorf("%q: %q", s, term)
			}
			for _, r := range term {
				if r < utf8.RuneSelf && !unicode.IsLower(r) && !unicode.IsDigit(r) {
					t.Errorf("%q: %q in %q", s, r, term)
				}
			}
		}
	})
}

// An index that was made of other terms than it is asked for finds wrongly and
// keeps what was taken back. When this fails on purpose, or with a newer Unicode,
// raise the number of the read model's rules and put the new sum here.
func TestTermsAreThoseOfTheRules(t *testing.T) {
	if testing.Short() {
		t.Skip("all of Unicode takes long with the race detector, and has no goroutine")
	}
	sum := sha256.New()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		terms := strings.Join(chat.Terms("a"+string(r)+"b"), " ")
		if again := strings.Join(chat.Terms(terms), " "); again != terms {
			t.Errorf("%U: %q, and again %q", r, terms, again)
		}
		sum.Write([]byte(terms + "\n"))
	}
	if got, want := hex.EncodeToString(sum.Sum(nil)[:8]), "22931c4d6db60332"; got != want {
		t.Errorf("the sum of all terms is %s, want %s", got, want)
	}
}
