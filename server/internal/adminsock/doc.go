// Package adminsock lets whoever is on the server's own machine give it orders:
// `charla admin VERB …` over a unix socket in the data folder. It knows no verb;
// it carries words and three streams there, and two streams and an exit status
// back.
//
// Who may: the folder has mode 0700 and the socket 0600, so whoever runs the
// server, and root. On Linux the kernel also tells whose process connects, and
// nobody else is answered should somebody open folder and socket to others.
//
// One connection is one order. A frame is a byte of kind, four bytes of length
// (big endian) and so many bytes; see frame.go. Input is sent when the server
// wants it: an order that reads none takes none away from whoever comes after it,
// and a client that is gone is noticed at once.
package adminsock
