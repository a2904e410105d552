package chat

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The bounds of a search. What is asked beyond them is refused, but for Limit,
// which is cut.
const (
	MaxQuery = 256 // bytes typed
	MaxTerms = 8   // different words
	MaxFound = 100 // messages of one answer

	// mostPlaces bounds the conversations that a search everywhere looks
	// through: those with the newest changes. Older ones are searched by name.
	mostPlaces = 1000

	// maxTerm bounds a word, in bytes: of a longer one only the beginning counts,
	// here and in the index.
	maxTerm = 64

	// shortestBeginning is how many letters the last word needs to be looked for
	// as the beginning of a word too. Nearly every message has a word that
	// begins with two given letters.
	shortestBeginning = 3
)

// Search is what somebody looks for.
type Search struct {
	Text   string   // as typed; words, all of which a message must hold; the last may be a beginning
	In     Ref      // where; zero: everywhere the person is or was
	Before Position // only what was posted before; 0: the newest
	Limit  int      // at most so many messages, MaxFound if more
}

// Found is a page of a search, the newest message first. To go on, search again
// before the last one's position.
type Found struct {
	Messages []Message
	More     bool
}

// Search finds messages that the person may read, by their words and the names
// of their files. Case and accents do not matter. Whoever left a conversation
// finds nothing that was said after that; what was edited or taken back is found
// by what it says now. Text without a word in it is SearchEmpty, too much of it
// SearchTooLong.
func (a *Actor) Search(ctx context.Context, s Search) (_ Found, err error) {
	defer wrap(&err, "search")
	if wait, ok := a.s.Limiter.Take(a.me.ID, Searches, 1); !ok {
		return Found{}, tooFast(wait)
	}
	terms, beginning, err := parseSearch(s.Text)
	if err != nil {
		return Found{}, err
	}
	places, err := a.searchable(ctx, s.In)
	if err != nil || len(places) == 0 {
		return Found{}, err
	}
	limit := max(1, min(s.Limit, MaxFound))
	found, err := a.s.Reader.Search(ctx, TermQuery{Terms: terms, Beginning: beginning, In: places, Before: s.Before, Limit: limit + 1, For: a.me.ID})
	if err != nil {
		return Found{}, err
	}
	return Found{Messages: a.live(asLeft(found[:min(limit, len(found))], places)), More: len(found) > limit}, nil
}

// asLeft drops what was found in what somebody left by the words it got later.
func asLeft(found []Message, places []Extent) []Message {
	gone := map[ConversationID]Position{}
	for _, e := range places {
		gone[e.ID] = e.Gone
	}
	return slices.DeleteFunc(found, func(m Message) bool { return m.AsOf(gone[m.Conversation]).Retracted })
}

// searchable is where the person may read, and how far.
func (a *Actor) searchable(ctx context.Context, in Ref) ([]Extent, error) {
	if !in.ID.IsZero() {
		c, err := a.seated(ctx, reads, in)
		if err != nil {
			return nil, err
		}
		return appendExtent(nil, c), nil
	}
	seats, err := a.s.Reader.Seats(ctx, a.me.ID, mostPlaces)
	if err != nil {
		return nil, err
	}
	var places []Extent
	for _, c := range seats {
		if may(reads, c) == nil {
			places = appendExtent(places, c)
		}
	}
	return places, nil
}

// appendExtent adds the part of a conversation that its reader sees, if any. What
// strangers say is found once they are let in.
func appendExtent(places []Extent, c Conversation) []Extent {
	e := Extent{ID: c.ID, Gone: c.Gone}
	if standingIn(c) == former {
		e.Upto = c.Left
	}
	if !c.Exists || c.Request || e.Upto == 0 && standingIn(c) == former {
		return places
	}
	return append(places, e)
}

// parseSearch makes terms of what somebody typed. Whatever else is in it (quotes,
// operators, escapes) separates words. The last word may be a beginning, unless
// it is short or something but a letter or digit follows it.
func parseSearch(text string) (terms []string, beginning string, err error) {
	if len(text) > MaxQuery {
		return nil, "", &Error{Code: SearchTooLong, Limit: MaxTerms}
	}
	text = CleanText(text)
	terms = Terms(text)
	switch {
	case len(terms) == 0:
		return nil, "", &Error{Code: SearchEmpty}
	case len(terms) > MaxTerms:
		return nil, "", &Error{Code: SearchTooLong, Limit: MaxTerms}
	}
	last := lastTerm(text)
	if utf8.RuneCountInString(last) < shortestBeginning {
		return terms, "", nil
	}
	for i, t := range terms {
		if t == last {
			terms = append(terms[:i:i], terms[i+1:]...)
			break
		}
	}
	return terms, last, nil
}

// lastTerm is the word that text ends with, "" if it ends with anything else.
func lastTerm(text string) string {
	last := ""
	eachTerm(text, func(t []byte, end bool) {
		if last = ""; end {
			last = string(t)
		}
	})
	return last
}

// TermsOf are the words by which a message is found: of its text and of its
// file's name; none once it is taken back.
func TermsOf(m Message) []string {
	switch {
	case m.Retracted:
		return nil
	case m.File != nil:
		return Terms(m.Text + "\n" + m.File.Name)
	}
	return Terms(m.Text)
}

// Terms are the words of a text, each once, in the order of their first
// occurrence: runs of letters and digits, without accents and case, cut to
// maxTerm bytes. Of a script that puts no space between words each character is
// a word. A term holds no ASCII but [a-z0-9].
//
// An index is built of them: a change of what they are, by hand or by a newer
// Unicode, needs a new number of the read model's rules.
func Terms(text string) []string {
	var terms []string
	var seen map[string]bool // once there are too many to look through
	eachTerm(text, func(t []byte, _ bool) {
		if seen == nil && len(terms) < fewTerms {
			for _, known := range terms {
				if known == string(t) {
					return
				}
			}
			terms = append(terms, string(t))
			return
		}
		if seen == nil {
			seen = make(map[string]bool, 2*fewTerms)
			for _, known := range terms {
				seen[known] = true
			}
		}
		if !seen[string(t)] {
			terms = append(terms, string(t))
			seen[terms[len(terms)-1]] = true
		}
	})
	return terms
}

// fewTerms are compared one by one faster than looked up.
const fewTerms = 24

// eachTerm calls f for each word, which is f's until it returns, and tells
// whether the text ends with it. Most words are ASCII and need no tables.
func eachTerm(text string, f func(term []byte, end bool)) {
	word := make([]byte, 0, maxTerm)
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf && !isAlnum(lower(text[i])) {
			i++
			continue
		}
		plain := true
		word = word[:0]
		start := i
		for ; i < len(text) && (text[i] >= utf8.RuneSelf || isAlnum(lower(text[i]))); i++ {
			plain = plain && text[i] < utf8.RuneSelf
			if plain && len(word) < maxTerm {
				word = append(word, lower(text[i]))
			}
		}
		if plain {
			f(word, i == len(text))
		} else {
			eachFolded(text[start:i], word, i == len(text), f)
		}
	}
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// eachFolded is eachTerm for text with letters that are not ASCII. word is where
// words are put together; last: the text ends with this.
func eachFolded(text string, word []byte, last bool, f func(term []byte, end bool)) {
	word = word[:0]
	room := true // until a word is as long as words get
	flush := func(end bool) {
		if len(word) > 0 {
			f(word, end)
		}
		word, room = word[:0], true
	}
	add := func(r rune) {
		if room = room && len(word)+utf8.RuneLen(r) <= maxTerm; room {
			word = utf8.AppendRune(word, r)
		}
	}
	// Some letters have a case only once they are taken apart.
	for _, r := range strings.ToLower(norm.NFKD.String(strings.ToLower(text))) {
		switch {
		case r < utf8.RuneSelf && isAlnum(byte(r)):
			add(r)
		case r < utf8.RuneSelf:
			flush(false)
		case unicode.Is(unicode.Mn, r): // an accent, folded away
		case asciiOf[r] != "":
			for _, a := range asciiOf[r] {
				add(a)
			}
		case unicode.In(r, unspaced...):
			flush(false)
			add(r)
			flush(false)
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Mc, r):
			add(r)
		default:
			flush(false)
		}
	}
	flush(last)
}

// unspaced are scripts without spaces between words.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}
