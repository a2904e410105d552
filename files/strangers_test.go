package files_test

import (
	"strings"
	"testing"

	"github.com/pkg/sftp"

	"charla/files/blob"
	"charla/server/chat"
)

// Carla is nobody to beto: what she drops stands nowhere of his until he lets her
// in, whatever he asks for.
func TestAStrangersFilesAreNotReachableUntilSheIsLetIn(t *testing.T) {
	w := newWorld(t, blob.Options{})
	carla := w.session(w.Person("carla"))
	carla.mustPut("/beto/oferta.exe", "buy this")
	carla.wantSilence()
	wantEqual(t, carla.ls("/beto"), "oferta.exe")

	beto := w.session(w.beto)
	wantEqual(t, beto.ls("/"), "lobby")
	wantEqual(t, beto.ls("/carla"), "") // as of anybody he never wrote to
	_, err := beto.Stat("/carla/oferta.exe")
	wantStatus(t, err, sftp.ErrSSHFxNoSuchFile)
	_, err = beto.Open("/carla/oferta.exe")
	wantStatus(t, err, sftp.ErrSSHFxNoSuchFile)
	if _, err := w.beto.Accept(w.Ctx, chat.Ref{ID: chat.TalkID(w.beto.Me().ID, w.person("carla")), Peer: w.person("carla")}); err != nil {
		t.Fatal(err)
	}
	wantEqual(t, beto.ls("/"), "carla lobby")
	wantEqual(t, beto.get("/carla/oferta.exe"), "buy this")
}

func TestToDropAFileLetsAStrangerIn(t *testing.T) {
	w := newWorld(t, blob.Options{})
	carla := w.session(w.Person("carla"))
	carla.mustPut("/beto/pregunta.txt", "¿me pasas la foto?")
	beto := w.session(w.beto)
	beto.mustPut("/carla/foto.jpg", "these are the bytes")
	wantEqual(t, beto.ls("/carla"), "foto.jpg pregunta.txt")
	wantEqual(t, carla.get("/beto/foto.jpg"), "these are the bytes")
}

func TestAStrangerDropsFiveFilesAndIsToldBeforeTheSixth(t *testing.T) {
	w := newWorld(t, blob.Options{})
	carla := w.session(w.Person("carla"))
	for _, name := range strings.Fields("1 2 3 4 5") {
		carla.mustPut("/beto/"+name, name)
	}
	wantStatus(t, carla.put("/beto/6", "6"), sftp.ErrSSHFxPermissionDenied)
	carla.wantTold("beto has not let you in yet; more can be sent once they have")
}

func TestTheBlockedDropsWhatTheBlockerNeverSees(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana, beto := w.session(w.ana), w.session(w.beto)
	ana.mustPut("/beto/antes.txt", "1")
	if _, err := w.beto.Block(w.Ctx, "ana"); err != nil {
		t.Fatal(err)
	}
	ana.mustPut("/beto/oculto.txt", "2")
	wantEqual(t, ana.ls("/beto"), "antes.txt oculto.txt")
	wantEqual(t, beto.ls("/"), "lobby")
	_, err := beto.Stat("/ana")
	wantStatus(t, err, sftp.ErrSSHFxPermissionDenied)
	wantStatus(t, beto.put("/ana/x", "x"), sftp.ErrSSHFxPermissionDenied)
	beto.wantTold("you have blocked ana; first: unblock ana")
	if _, err := w.beto.Unblock(w.Ctx, "ana"); err != nil {
		t.Fatal(err)
	}
	wantEqual(t, beto.ls("/ana"), "antes.txt")
	_, err = beto.Open("/ana/oculto.txt")
	wantStatus(t, err, sftp.ErrSSHFxNoSuchFile)
}
