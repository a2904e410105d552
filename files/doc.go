// Package files is the SFTP face of a chat.Actor: one folder per conversation,
// named by its handle; a file put there is sent, a file removed is retracted.
// It knows nothing about SSH (it gets a channel), about who may do what (the
// actor decides), about logs and databases, or about how bytes are kept
// (files/blob does).
//
// # What is where
//
//	/               groups, rooms, and talks with messages; anyone known can be entered
//	/handle         the live files of a conversation, and one's own uploads
//	/handle/name    a file: the bytes of one message
//
// A file that is being written is an upload, which nobody else sees. It is
// announced when its last handle is closed, if the transfer was not cut off, it
// holds something, and its name is not one that programs give to unfinished
// files. Else it is parked, until a RENAME to a final name or another write
// announces it, or the session ends (see Parking).
//
// # Names
//
// A file may not get the name that was asked for: characters are cleaned, and a
// name that somebody else has becomes "name (2)". Clients go on asking for the
// name they gave, so a session remembers what became of it (see item).
//
// # Goroutines
//
// This package starts one, which waits for a quiet client (frames.more). pkg/sftp
// runs, while a session is used, eight workers for READ and WRITE and one for
// everything else, and recovers in none of them: a panic
// there would end the whole server. So every method of ours that it calls, but
// for the few that return a constant, recovers (session.turn, session.recovered),
// and frames keeps what is hostile in the order of packets away from it.
//
// # Bounds
//
// A session has at most maxHandles open handles, maxListings of them of folders,
// and maxUploads uploads; a person has at most maxParked parked ones, and in all their
// sessions maxSessions, maxOpen and maxOpenUploads bound what is open. What is
// over is refused with a sentence. A session remembers maxAliases names and
// forgets the oldest; it writes maxLines lines on stderr and then no more.
// sftp.MaxFilelist, the entries per READDIR answer, is a variable of the whole
// process and stays at its default of 100.
package files
