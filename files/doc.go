// Package files is the SFTP face of a chat.Actor: one folder per conversation,
// named by its handle; a file put there is sent, a file removed is retracted.
// It knows nothing about SSH (it gets a channel), about who may do what (the
// actor decides), about logs and databases, or about how bytes are kept
// (files/blob does).
//
// # What is where
//
//	/               conversations that have messages; anyone known can be entered
//	/handle         the live files of a conversation, and the session's own uploads
//	/handle/name    a file: the bytes of one message
//
// A file that is being written is an upload: only its session sees it. It is
// announced when its last handle is closed, if the transfer was not cut off, it
// holds something, and its name is not one that programs give to unfinished
// files. A RENAME to a final name announces what was parked under such a name.
//
// # Names
//
// A file may not get the name that was asked for: characters are cleaned, and a
// name that somebody else has becomes "name (2)". Clients go on asking for the
// name they gave, so a session remembers what became of it (see item).
//
// # Goroutines
//
// This package starts none. pkg/sftp runs, per session, eight workers for READ
// and WRITE and one for everything else, and recovers in none of them: a panic
// there would end the whole server. So every method that pkg/sftp calls recovers
// (session.turn, session.recovered), and frames keeps what is hostile in the
// order of packets away from it.
//
// # Bounds
//
// A session has at most maxHandles open handles, maxUploads uploads, maxAliases
// remembered names and maxLines lines on stderr; what is over is refused with a
// sentence, the oldest alias is forgotten, and further lines are not written.
// sftp.MaxFilelist, the entries per READDIR answer, is a variable of the whole
// process and stays at its default of 100.
package files
