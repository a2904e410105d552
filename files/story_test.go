package files_test

import (
	"testing"

	"charla/files/blob"
)

func TestAFilePutIsAFileSent(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	wantEqual(t, ana.ls("/"), "")
	wantEqual(t, ana.ls("/beto"), "") // known, though nobody has written yet
	ana.mustPut("/beto/photo.jpg", "these are the bytes")
	ana.wantSilence()
	wantEqual(t, ana.ls("/"), "beto")
	wantEqual(t, ana.bye(), 0)

	beto := w.session(w.beto)
	wantEqual(t, beto.ls("/"), "ana")
	wantEqual(t, beto.ls("/ana"), "photo.jpg")
	wantEqual(t, beto.get("/ana/photo.jpg"), "these are the bytes")
	wantEqual(t, w.messages(), 1)
}
